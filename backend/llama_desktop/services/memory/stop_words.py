"""Words that say nothing about what a message is about. Pure.

Only where a script belongs to one language in practice, or the language is the one that Latin
words are stemmed by: "die" and "war" are content in one language and grammar in another.
"""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
a about after again all also am an and any are aren as at be because been before being both but by
can cannot could couldn did didn do does doesn doing don down during each few for from further had
hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn it
its itself just let me more most my myself no nor not of off on once only or other our ours
ourselves out over own please same shall she should shouldn so some such than that the their theirs
them themselves then there these they this those through to too under until up us very was wasn we
were weren what when where which while who whom whose why will with won would wouldn you your yours
yourself yourselves
"""
_RUSSIAN: Final = """
а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до
его ее если есть еще же за здесь и из или им их к как ко когда кто ли либо мне может мой моя мы на
надо наш не него нее нет ни них но ну о об он она они оно от очень по под при с со так также такой
там те тем то того тоже той только том ты у уже хотя чего чей чем что чтобы чье чья эта эти это я
"""
_GREEK: Final = (
    "ο η το οι τα του της των τον την και να με για από στο στη στον στην θα που πού είναι"
)

STOP_WORDS: Final = frozenset(f"{_ENGLISH} {_RUSSIAN} {_GREEK}".split())
