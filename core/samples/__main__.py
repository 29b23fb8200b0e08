"""Makes the checked-in sample exports and their page again."""

from core.samples import SAMPLE_FOLDER, make, readme

if __name__ == "__main__":
    make(SAMPLE_FOLDER)
    (SAMPLE_FOLDER / "README.md").write_text(readme(), encoding="utf-8", newline="\n")
