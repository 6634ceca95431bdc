"""English words whose forms no stemmer brings together: what was bought is found by "buy". Pure."""

from __future__ import annotations

from typing import Final

_FORMS: Final = """
arise arose arisen; awake awoke awoken; bear bore borne; beat beaten; become became;
begin began begun; bend bent; bind bound; bite bit bitten; bleed bled; blow blew blown;
break broke broken; breed bred; bring brought; build built; burn burnt; buy bought; catch caught;
choose chose chosen; cling clung; come came; creep crept; deal dealt; dig dug; draw drew drawn;
dream dreamt; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed;
feel felt; fight fought; find found; flee fled; fly flew flown; forbid forbade forbidden;
forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten;
give gave given; go went gone; grow grew grown; hang hung; hear heard; hide hid hidden; hold held;
keep kept; kneel knelt; know knew known; lay laid; lead led; lean leant; leap leapt; learn learnt;
lend lent; light lit; lose lost; make made; mean meant; meet met; mistake mistook mistaken;
pay paid; ride rode ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen;
seek sought; sell sold; send sent; sew sewn; shake shook shaken; shine shone; shoot shot;
show shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept;
slide slid; speak spoke spoken; speed sped; spend spent; spin spun; spring sprang sprung;
stand stood; steal stole stolen; stick stuck; sting stung; strike struck; strive strove striven;
swear swore sworn; sweep swept; swell swollen; swim swam swum; swing swung; take took taken;
teach taught; tear tore torn; tell told; think thought; throw threw thrown;
understand understood; wake woke woken; wear wore worn; weave wove woven; weep wept; win won;
withdraw withdrew withdrawn; write wrote written;
child children; foot feet; goose geese; knife knives; leaf leaves; life lives; man men;
mouse mice; person people; shelf shelves; thief thieves; tooth teeth; wife wives; wolf wolves;
woman women; good better best; bad worse worst; analysis analyses; index indices; matrix matrices;
vertex vertices
"""

BASE_FORMS: Final = {
    form: forms.split()[0] for forms in _FORMS.split(";") for form in forms.split()[1:]
}
"""By form: the word that stands for all of them."""
