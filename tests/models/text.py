"""What the tiny chat models say, and the template that they are asked with."""

from __future__ import annotations

from typing import Final

ANSWERS: Final = (
    "Hello! I am a tiny test model. I only know a few words, but I can stream them quickly.\n\n"
    "Here is a short list:\n\n- apples and pears\n- **bold** text\n- `code` in line\n\n"
    "```python\nfor i in range(10):\n    print(i)\n```\n\n"
    "Unicode works too: café, Привет, 你好, 🦙. That is all for now.",
    "Hello there! This answer is made of words which follow one another. The words have no "
    "meaning, yet the stream looks like a real one. A model of this size runs on any machine. "
    "I can repeat myself for a long time, because every sentence leads to another sentence. "
    "The end of a sentence is sometimes the end of the answer.",
    "Sure. The quick brown fox jumps over the lazy dog. The dog does not mind and the fox runs "
    "away. A stream of tokens is a stream of small pieces of text. I hope this helps.",
)

CITING_ANSWERS: Final = (
    # No word twice: a bigram model goes straight through it.
    "As far as we can tell from earlier notes [1], yes.",
)

RAMBLING_ANSWERS: Final = (
    # One line of far more words than a title has, none of them twice.
    "well then where should anyone begin because every story about water has another inside "
    "which never quite comes to its point although many people have tried for years and some "
    "even said they were close until rain fell again over hills while nobody listened much",
)

# They share no token with the answers: a bigram model would stray from one into the other.
THOUGHTS: Final = (
    "Okay... user wants something... hmm... maybe they need greetings... let us think... wait... "
    "check facts first... alright... done",
    "Let me see... someone asks about us... keep calm... plan... greet... explain... "
    "sounds good... alright... done",
)

START_OF_ANSWER: Final = "<|im_start|>assistant\n"
"""One token of its own, so that the start of an answer is a state of its own."""
END_OF_TURN: Final = "<|im_end|>"
END_OF_TEXT: Final = "<|endoftext|>"
PADDING: Final = "<|pad|>"

_TEMPLATE: Final = r"""
{%- for message in messages %}
{%- if message.role == "assistant" %}
{{- '<|im_start|>assistant\n' }}
THINK_HISTORY
{{- message.content + '<|im_end|>\n' }}
{%- else %}
{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\n' }}
THINK_OFF
{%- endif %}
"""
_THINK_HISTORY: Final = r"""{%- if message.reasoning_content %}
{{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}{%- endif %}"""
_THINK_OFF: Final = r"""{%- if enable_thinking is defined and enable_thinking is false %}
{{- '<think>\n\n</think>\n\n' }}{%- endif %}"""


def chat_template(*, thinks: bool) -> str:
    """ChatML as a Jinja template, with thinking where the model thinks."""
    parts = {
        "THINK_HISTORY\n": _THINK_HISTORY + "\n" if thinks else "",
        "THINK_OFF\n": _THINK_OFF + "\n" if thinks else "",
    }
    template = _TEMPLATE.lstrip("\n")
    for name, part in parts.items():
        template = template.replace(name, part)
    return template
