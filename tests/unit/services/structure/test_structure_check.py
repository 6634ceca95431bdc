"""Mistakes in JSON schemas and grammars are found and told with their place."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_desktop.domain.chat import SamplingParameters
from llama_desktop.domain.errors import StructureInvalid
from llama_desktop.services.structure.check import require_sound_structure

SOUND_GRAMMARS = (
    'root ::= "yes" | "no"',
    'root ::= item+ "\\n"\nitem ::= [^a-z\\]] "x"{2,3} # a comment\n',
    'root ::= (\n  "a" | b\n)* .\nb ::= "\\x41\\u00e4" "b"{2}',
    '# first a comment\n\nroot ::=\n  "a" |\n  "b"?\r\n',
    'root ::= ws list\nlist ::= "x" list | "x"\nws ::= [ \\t]*',
    "root ::= <think> .* ",
)
BROKEN_GRAMMARS = (
    ("", "line 1, column 1", "no rule `root`"),
    ('answer ::= "a"', "line 1, column 1", "no rule `root`"),
    ("root ::= (", "line 1, column 11", r"`\)` is expected"),
    ('root ::= "a', "line 1, column 10", 'never closed by `"`'),
    ("root ::= [a", "line 1, column 10", "never closed by `]`"),
    ("root ::= a\n", "line 1, column 10", "no rule `a`"),
    ('root = "a"', "line 1, column 6", "`::=` is expected"),
    ('root ::= "\\q"', "line 1, column 11", "escape is not known"),
    ("root ::= *", "line 1, column 10", "nothing to repeat"),
    ('root ::= "a"*+', "line 1, column 14", "nothing to repeat"),
    ('root ::= "a"{3,2}', "line 1, column 13", "larger number comes last"),
    ('root ::= "a"{x}', "line 1, column 13", "is expected"),
    ('root ::= "a"{5000}', "line 1, column 13", "at most 2000"),
    ('root ::= "a" )', "line 1, column 14", "end of the rule"),
    ('root ::= "a"\nb ::= %', "line 2, column 7", "end of the rule"),
)
LEFT_RECURSIVE_GRAMMARS = (
    'root ::= root "a" | "b"',
    'root ::= a\na ::= b "x"\nb ::= a',
    'root ::= ws root | "x"\nws ::= " "*',
    'root ::= ("a"? root) "b"',
)


@pytest.mark.parametrize("grammar", SOUND_GRAMMARS)
def test_sound_grammars_pass(grammar: str) -> None:
    require_sound_structure(SamplingParameters(grammar=grammar))


@pytest.mark.parametrize(("grammar", "where", "what"), BROKEN_GRAMMARS)
def test_a_mistake_in_a_grammar_is_told_with_its_place(grammar: str, where: str, what: str) -> None:
    with pytest.raises(StructureInvalid, match=what) as caught:
        require_sound_structure(SamplingParameters(grammar=grammar))
    assert caught.value.details == {"field": "grammar", "where": where}
    assert where in caught.value.message


@pytest.mark.parametrize("grammar", LEFT_RECURSIVE_GRAMMARS)
def test_a_rule_that_begins_with_itself_is_named(grammar: str) -> None:
    with pytest.raises(StructureInvalid, match="may begin with itself"):
        require_sound_structure(SamplingParameters(grammar=grammar))


@given(st.text(st.sampled_from('rot ::="ab[]()|*+?{}1,\\\n#<>!.-'), max_size=60))
def test_any_text_is_a_grammar_or_refused(text: str) -> None:
    with suppress(StructureInvalid):
        require_sound_structure(SamplingParameters(grammar=text))


def test_groups_nested_without_end_are_refused_in_time() -> None:
    with pytest.raises(StructureInvalid, match="nested too deeply"):
        require_sound_structure(SamplingParameters(grammar="root ::= " + "(" * 200_000))


SOUND_SCHEMAS = (
    {},
    {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]},
    {"type": "array", "items": {"$ref": "#/$defs/a~1b"}, "$defs": {"a/b": {"enum": [1, "x"]}}},
    {"anyOf": [{"const": 1}, {"type": "integer"}], "additionalProperties": False},
    {"type": "string", "minLength": 1, "maxLength": 5},
)


@pytest.mark.parametrize("schema", SOUND_SCHEMAS)
def test_sound_schemas_pass(schema: object) -> None:
    require_sound_structure(SamplingParameters(json_schema=json.dumps(schema)))


@pytest.mark.parametrize(
    ("schema", "where", "what"),
    [
        ('{"type": "string"', "line 1, column 18", "delimiter"),
        ('{\n"type": string}', "line 2, column 9", "Expecting value"),
        ("[1]", "the beginning", "a schema is an object"),
        ("NaN", "the beginning", "NaN is no JSON"),
        ('{"type": "text"}', "#", '"text" is no type'),
        ('{"properties": {"a": {"type": "str"}}}', "#/properties/a", '"str" is no type'),
        ('{"properties": []}', "#/properties", "an object is expected"),
        ('{"required": [1]}', "#/required", "names of properties"),
        ('{"enum": []}', "#/enum", "no value"),
        ('{"items": {"minLength": -1}}', "#/items/minLength", "whole number"),
        ('{"$ref": "#/$defs/x"}', r"#/\$ref", "leads nowhere"),
        ('{"$ref": "https://example.org/x"}', r"#/\$ref", "same schema"),
        ('{"anyOf": [5]}', "#/anyOf/0", "a schema is expected"),
    ],
)
def test_a_mistake_in_a_schema_is_told_with_its_place(schema: str, where: str, what: str) -> None:
    with pytest.raises(StructureInvalid, match=f"{where}: .*{what}"):
        require_sound_structure(SamplingParameters(json_schema=schema))


def test_a_schema_nested_without_end_is_refused() -> None:
    for schema in ('{"items":' * 100_000, '{"items":' * 300 + "{}" + "}" * 300):
        with pytest.raises(StructureInvalid):
            require_sound_structure(SamplingParameters(json_schema=schema))


def test_an_answer_has_one_structure() -> None:
    with pytest.raises(StructureInvalid, match="not both"):
        require_sound_structure(SamplingParameters(json_schema="{}", grammar='root ::= "a"'))


def test_a_structure_has_a_limit() -> None:
    with pytest.raises(StructureInvalid, match="256 KiB"):
        require_sound_structure(SamplingParameters(grammar="#" * 300_000))
