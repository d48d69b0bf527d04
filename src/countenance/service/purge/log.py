"""The database's own log, which still holds what rows said before they were emptied."""

from __future__ import annotations

from countenance.service.db.database import Database


def truncate_log(database: Database) -> None:
    """Carry SQLite's log over into the database, whose freed space is overwritten, and cut it to nothing.

    PostgreSQL keeps dead rows until it vacuums, and logs as its operator has it: see docs/accounts.md.

    Raises:
        OSError: where others read the database for so long that it could not be done.
    """
    if not database.is_sqlite:
        return
    # Past SQLAlchemy, which would begin a transaction: inside one nothing can be carried over.
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = any(row[0] for row in cursor.fetchall())
        cursor.close()
    finally:
        connection.close()
    if busy:
        raise OSError("the database is in use: its log could not be emptied")
