"""Grants on PostgreSQL views: dropping a view drops its grants, so they are read first."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

GRANTS = """
    SELECT 'GRANT ' || given.privilege_type || given.columns || ' ON ' || %(name)s || ' TO '
        || CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END
        || CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM (
        SELECT acl.*, '' AS columns FROM pg_class AS c, aclexplode(c.relacl) AS acl
        WHERE c.oid = %(name)s::regclass AND acl.grantee <> c.relowner
        UNION ALL
        SELECT acl.*, ' (' || quote_ident(a.attname) || ')' FROM pg_attribute AS a, aclexplode(a.attacl) AS acl
        WHERE a.attrelid = %(name)s::regclass
    ) AS given"""
"""Selects the ``GRANT`` statements for a view and its columns, except those for its owner."""


def view_grants(cursor: CursorWrapper, name: str) -> list[str]:
    """Return the statements to run after the view has been dropped and recreated."""
    cursor.execute(GRANTS, {"name": name})
    return [statement for (statement,) in cursor.fetchall()]
