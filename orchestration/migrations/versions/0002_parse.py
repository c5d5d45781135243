from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    here = Path(__file__)
    for path in sorted(here.parent.glob(f"{here.stem}_*.sql")):
        statements = path.read_text(encoding="utf-8")
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
