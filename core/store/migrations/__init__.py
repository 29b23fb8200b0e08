"""The register's shapes over time; `env.py` and `versions/` are run by Alembic."""
