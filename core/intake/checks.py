"""What must hold of every reading, whatever the file."""

import pyarrow.parquet as pq

from core.intake.reading import Reading
from core.tables import LEDGER

_ARROW = {
    "text": "string",
    "integer": "int64",
    "number": "double",
    "flag": "bool",
    "instant": "int64",
    "day": "int32",
}


def check(reading: Reading) -> list[str]:
    """What is wrong with a reading, as sentences; empty when nothing is.

    Every record is in exactly one class, as many rows are noted as set aside as were counted, and each staged table has
    its declared columns, of their kind, the required ones without a gap.
    """
    wrong = [] if reading.counts.adds_up else [f"{reading.file_name}: the records do not add up: {reading.counts}"]
    tables = {table.name: table for table in LEDGER}
    for name, path in reading.staged.items():
        staged = pq.read_table(path)
        if name == "problems":
            noted = sum(staged["quarantined"].to_pylist())
            if noted != reading.counts.quarantined:
                wrong.append(f"{noted} rows are noted as set aside, {reading.counts.quarantined} were counted")
        elif staged.num_rows != reading.facts[name]:
            wrong.append(f"{name} has {staged.num_rows} rows, {reading.facts[name]} were counted")
        for column in tables[name].columns:
            if column.name not in staged.column_names:
                wrong.append(f"{name} has no column {column.name}")
            elif str(staged.schema.field(column.name).type) != _ARROW[column.kind]:
                wrong.append(f"{name}.{column.name} is {staged.schema.field(column.name).type}")
            elif column.required and staged[column.name].null_count:
                wrong.append(f"{name}.{column.name} is missing in some rows")
    return wrong
