"""The column types that recur: what a side, a duration, an instant and an enumeration are in this database."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, MetaData, Numeric, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def surrogate_id() -> Column[int]:
    """A bigint identity the database gives once and never again."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    """A `timestamptz`."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def seconds(name: str) -> Column[object]:
    """A measured duration in seconds, exact to the millisecond; NULL when no source told it."""
    return Column(name, Numeric(9, 3))


def side(name: str) -> Column[int]:
    """1 Axis, 2 Allies, NULL unknown; the table adds `side_check`."""
    return Column(name, SmallInteger)


def json(name: str, *, nullable: bool = True) -> Column[object]:
    """A JSONB document whose JSON null never stands for SQL NULL."""
    return Column(name, JSONB(none_as_null=True), nullable=nullable)


def sides_check(*names: str, highest: int = 2) -> CheckConstraint:
    """Sides are 1 or 2 (players also 3), or NULL."""
    allowed = ", ".join(str(value) for value in range(1, highest + 1))
    return CheckConstraint(" AND ".join(f"{name} IN ({allowed})" for name in names), name="side")


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """An enumeration is text with a CHECK."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
