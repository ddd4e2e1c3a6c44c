"""The audit chain is append-only in the database itself."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON projects_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON projects_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END",
)
SQLITE_BACK = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the audit chain is append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
    "ON projects_auditentry FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_append_only ON projects_auditentry",
    "DROP FUNCTION audit_append_only()",
)


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL_BACK if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = (("projects", "0001_initial"),)
    operations = (migrations.RunPython(make, drop),)
