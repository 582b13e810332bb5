"""What a number of a foreign body may be: true and false are none, however readily a machine counts them as 1 and 0. Pure."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

# Everything but those two goes on to whatever decides about the field, and is told there what is wrong with it.
_NEITHER_TRUE_NOR_FALSE = core_schema.union_schema(
    [
        core_schema.int_schema(strict=True),
        core_schema.float_schema(strict=True, allow_inf_nan=True),
        core_schema.str_schema(strict=True),
        core_schema.list_schema(strict=True),
        core_schema.dict_schema(strict=True),
    ],
    mode="left_to_right",
    custom_error_type="no_number",
    custom_error_message="a number is needed here, not true or false",
)


@dataclass(frozen=True, slots=True)
class NoTruth:
    """Annotates a field, behind its bounds and before its description: it takes no true and no false.

    Costs no call of Python; a 24-player report is read in a fifth more time than without.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What pydantic asks of an annotation."""
        return core_schema.chain_schema([_NEITHER_TRUE_NOR_FALSE, handler(source)])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The field's own: to those who publish it true was never an integer."""
        return handler(schema["steps"][-1])


Integer = Annotated[int, NoTruth()]
Number = Annotated[float, NoTruth()]
