"""What is said in the chats of the pictures."""

from __future__ import annotations

from typing import Final

SHOWN: Final = "VPD targets for seedlings"
"""The chat that has everything: memory, thought, mathematics, a table, code, versions."""
LOGGING: Final = "Log the VPD to a CSV"
CUT: Final = "Log the VPD without code"
WEEK: Final = "Last week, night by night"
PINNED: Final = ("Greenhouse controller", "Thesis, chapter 3")
QUESTION: Final = (
    "What VPD should the seedlings have tonight, and can you write the function for the "
    "controller? It should open the mister when the air gets too dry."
)
REASONING: Final = "They sowed on 3 March. The heater holds 24 °C; the sensor reads 2.1 % high."
ANSWER: Final = r'''Aim for **0.4 to 0.8 kPa**. Your chillies and tomatoes went in on 3 March [3],
so they still want soft, moist air. At the 24 °C your heater holds, that is 73 to 87 % true
humidity; the tent sensor reads 2.1 % high [1], so look for **75 to 89 %** on the display.

$$\mathrm{VPD} = e_\mathrm{s}(T)\left(1 - \frac{\mathrm{RH}}{100}\right), \qquad
e_\mathrm{s}(T) = 0.6108\,e^{17.27\,T/(T+237.3)}\ \mathrm{kPa}$$

| Stage | Target VPD | RH at 20 °C | RH at 24 °C |
|---|---:|---:|---:|
| **Seedlings and cuttings** | 0.4 to 0.8 kPa | 83 to 66 % | **87 to 73 %** |
| Leafy growth | 0.8 to 1.2 kPa | 66 to 49 % | 73 to 60 % |
| Flower and fruit | 1.0 to 1.5 kPa | 57 to 36 % | 66 to 50 % |

The function corrects the reading first, then answers with a pulse that grows as the air dries and
stops at your 30 s limit [2]:

```python
from math import exp

OFFSET = -2.1     # % RH, from the salt test in January
MAX_PULSE = 30    # s, the tray floods after that

def vpd(temp_c: float, rh: float) -> float:
    """Vapour-pressure deficit in kPa."""
    es = 0.6108 * exp(17.27 * temp_c / (temp_c + 237.3))
    return es * (1 - (rh + OFFSET) / 100)

def control(temp_c, rh, mister):
    dry = vpd(temp_c, rh) - 0.8
    if dry > 0:
        mister.pulse(min(MAX_PULSE, 10 + 50 * dry))
```

Two things to watch on the first night:

- Wait at least five minutes between pulses. Mist needs time to evaporate before the sensor can
  see it.
- When the lights go off at 22:00 the leaves cool first. If you find dew in the morning, lower the
  trigger to `0.7`.
'''
RECALLED: Final = (
    (
        "Calibrating the SHT41 sensors",
        "…against the salt test the tent sensor reads 2.1 % high, so subtract 2.1 before you use "
        "the number…",
        "reads 2.1 % high",
    ),
    (
        "ESP32 deep-sleep budget",
        "…the mister sits on GPIO 18 and must never run longer than 30 s, the tray floods after "
        "that…",
        "must never run longer than 30 s",
    ),
    (
        "Greenhouse controller",
        "…tomatoes and chillies sown on 3 March, lights off at 22:00, heater holds 24 °C…",
        "sown on 3 March",
    ),
)
"""A chat's title, the passage of it, and what in it stands out."""

LOGGING_QUESTION: Final = (
    "And how would I log this to a CSV every minute, without slowing the control loop?"
)
LOGGING_ANSWER: Final = """Keep the logger apart from the controller, so that a slow write can \
never hold the mister open. Append one row a minute and close the file at once; if the power \
goes, you lose at most one line.

```python
import csv, time
from pathlib import Path

LOG = Path("vpd-log.csv")

def log_row(temp_c, rh):
    new = not LOG.exists()
    with LOG.open("a", newline="") as f:
        w = csv.writer(f)
        if new:
            w.writerow(["time", "temp_c", "rh", "vpd"])
        w.writerow([int(time.time()), temp_c, rh + OFFSET,
                    round(vpd(temp_c, rh), 3)])
```

A row is about 30 bytes, so a whole season of minutes fits in 8 MB. Call `log_row` from the loop \
that reads the sensor, but **after** the pulse has been sent. To see a night in one glance, the \
quickest way"""
CUT_ANSWER: Final = (
    LOGGING_ANSWER[: LOGGING_ANSWER.index("\n\n")]
    + "\n\n"
    + LOGGING_ANSWER[LOGGING_ANSWER.index("A row is") : LOGGING_ANSWER.index(" sent. To see")]
)
"""The same without its code, up to where the server goes away."""
NIGHT_ANSWER: Final = (
    "To see a night in one glance, the quickest way is to plot `vpd` with the two limits as "
    "dashed lines. Anything outside them for more than ten minutes is worth a look in the morning."
)
SAID: Final = (
    " is plotting every minute with both limits drawn dashed across; anything outside them for "
    "more than ten deserves a look next morning, since one dry hour costs little while two may "
    "curl young leaves before sunrise comes around again",
)
"""What the loaded model says: it goes on where the stopped answer ends."""
WEEK_QUESTION: Final = (
    "Here is last week, with the mister\N{RIGHT SINGLE QUOTATION MARK}s own log. Which nights "
    "were too dry, and did the pulses help?"
)

_SALT: Final = (
    "I left both sensors in the sealed jar with wet salt overnight. One shows 77.4 %, the other "
    "75.2 %. What does that tell me?",
    """Saturated table salt settles at **75.3 %** at 20 to 25 °C, so the jar is your reference.

| Sensor | Shows | Should show | Error |
|---|---:|---:|---:|
| Tent | 77.4 % | 75.3 % | **+2.1 %** |
| Bench | 75.2 % | 75.3 % | \N{MINUS SIGN}0.1 % |

So against the salt test the tent sensor reads 2.1 % high, so subtract 2.1 before you use the \
number anywhere else.

The bench sensor is inside its tolerance; leave it alone. One point does not show whether the \
error grows with humidity. A second jar with magnesium chloride, which settles at 33 %, would.""",
    "Which sensor do I trust if one reads high and the other one low?",
    "No. The data sheet allows 1.8 % typical and 2.5 % at most in this range, so it is a normal "
    "one at the edge. What matters is that the error stays put. Note the date and repeat the jar "
    "in spring.",
)
CHATS: Final[tuple[tuple[str, float, tuple[str, ...]], ...]] = (
    (
        "Greenhouse controller",
        2.0,
        (
            "What do we know about the greenhouse so far?",
            "Tomatoes and chillies sown on 3 March, lights off at 22:00, heater holds 24 °C. If a "
            "sensor reads above 100 % it is wet, not broken. Let it dry for an hour before you "
            "replace it.",
        ),
    ),
    ("Thesis, chapter 3", 3.0, ()),
    ("Why this query plan is slow", 0.001, ()),
    ("Letter to the landlord", 0.002, ()),
    (
        "Bread hydration by weight",
        1.0,
        (
            "Is 70 % water right for this flour?",
            "Your kitchen scale shows 4 g too much with the bowl on, so tare it again after you "
            "add the flour.",
        ),
    ),
    ("Rust lifetimes, slowly", 1.001, ()),
    (
        "ESP32 deep-sleep budget",
        3.5,
        (
            "How long may the mister be on?",
            "The mister sits on GPIO 18 and must never run longer than 30 s, the tray floods after "
            "that.",
        ),
    ),
    ("Questions for Ana\N{RIGHT SINGLE QUOTATION MARK}s interview", 4.0, ()),
    ("Lake Titicaca in five days", 5.0, ()),
    ("Calibrating the SHT41 sensors", 5.5, _SALT),
    ("Words for “quiet” in Quechua", 6.0, ()),
    (
        "Why the boiler short-cycles",
        62.0,
        (
            "Why does it switch off so soon?",
            "The thermistor drifts upwards as it ages, which makes the room seem warmer than it "
            "is.",
        ),
    ),
    ("Why MPPT controllers shed load at dusk", 41.0, ()),
)
"""A title, how many days ago, and what was said by turns."""
MEANINGS: Final = (
    "sensor thermistor scale",
    "reads shows drifts",
    "high much upwards warmer",
)
"""Words that mean nearly the same to the embedding model of the pictures."""
