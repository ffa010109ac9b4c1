"""The questions of the reporter's page, one short step at a time. docs/reference/tip-content.md lists what comes out of them.

A field's `path` is where its answer stands in the content: `where.road`, or inside a repeated part `age`. No answer is ever required.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str
Choices = tuple[tuple[str, Text], ...]
Kind = Literal["choice", "many", "select", "line", "text", "number", "time", "region", "place"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `choices` are for the kinds that offer some."""

    path: str
    kind: Kind
    label: Text
    choices: Choices = ()
    help: Text = ""
    rows: int = 3

    @property
    def slug(self) -> str:
        """The path as part of an id in a page."""
        return self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Step:
    """What stands on the screen at one time. `repeat` names the list that its fields fill, and `add` the button for one more."""

    key: str
    title: Text
    fields: tuple[Field, ...]
    help: Text = ""
    repeat: str = ""
    add: Text = ""
    one: Text = ""


YES_NO: Choices = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know")))
FIRST_HAND: Choices = (("yes", _("I saw or heard it myself")), ("no", _("Somebody told me")))
SECTORS: Choices = (
    ("trucking", _("Trucking")),
    ("truck_stop", _("Truck stop or travel plaza")),
    ("bus_company", _("Bus company")),
    ("transit", _("Public transit")),
    ("school_bus", _("School bus")),
    ("energy", _("Energy")),
    ("community", _("Something else")),
)
PLACE_TYPES: Choices = (
    ("truck_stop", _("Truck stop")),
    ("rest_area", _("Rest area")),
    ("highway", _("On the road")),
    ("customer_lot", _("Customer's yard")),
    ("bus_station", _("Bus station or transit centre")),
    ("vehicle", _("In a bus, train, plane or car")),
    ("hotel", _("Hotel or motel")),
    ("residence", _("Somebody's home")),
    ("work_site", _("Work site")),
    ("other", _("Somewhere else")),
)
DIRECTIONS: Choices = (("north", _("North")), ("east", _("East")), ("south", _("South")), ("west", _("West")))
VEHICLE_TYPES: Choices = (
    ("car", _("Car")),
    ("suv", _("SUV")),
    ("van", _("Van")),
    ("pickup", _("Pickup")),
    ("rv", _("Camper or RV")),
    ("tractor_trailer", _("Tractor-trailer")),
    ("bus", _("Bus")),
    ("other", _("Other")),
    ("unknown", _("I do not know")),
)
RELATIONS: Choices = (
    ("drop_off", _("Brought people")),
    ("pick_up", _("Picked people up")),
    ("stands_by", _("Stood by or watched")),
    ("left_scene", _("Left")),
    ("suspect", _("Belongs to somebody who seemed to control others")),
    ("other", _("Something else")),
)
CALLED: Choices = (
    ("911", _("911")),
    ("hotline", _("Hotline")),
    ("local_police", _("Police or sheriff")),
    ("manager", _("Manager on duty")),
    ("dispatch", _("Dispatcher or supervisor")),
    ("other", _("Somebody else")),
)

STEPS: tuple[Step, ...] = (
    Step(
        "danger",
        _("Is somebody in danger right now?"),
        (Field("danger_now", "choice", _("In danger right now"), YES_NO),),
        help=_("Hurt, threatened, being taken away, or asking for help now."),
    ),
    Step(
        "about",
        _("Whom is this about?"),
        (
            Field(
                "about",
                "choice",
                _("This is about"),
                (("others", _("Somebody I noticed")), ("self", _("Myself"))),
            ),
            Field(
                "reporter.sector",
                "select",
                _("Where you work"),
                SECTORS,
                help=_("It chooses which signs are asked for."),
            ),
        ),
    ),
    Step(
        "where",
        _("Where was it?"),
        (
            Field("where.region", "region", _("State or province")),
            Field("where.place", "place", _("Known places"), help=_("Truck stops and rest areas of this state.")),
            Field("where.type", "select", _("Kind of place"), PLACE_TYPES),
            Field("where.road", "line", _("Highway"), help=_("For example I-20.")),
            Field("where.mile", "line", _("Mile marker or exit")),
            Field("where.direction", "select", _("Direction"), DIRECTIONS),
            Field("where.words", "text", _("In your own words"), help=_("Town, pump, row, dock, cross street.")),
        ),
    ),
    Step(
        "when",
        _("When did you see it last?"),
        (
            Field(
                "when.seen",
                "choice",
                _("Last seen"),
                (
                    ("now", _("It is going on now")),
                    ("day", _("Within the last 24 hours")),
                    ("older", _("Longer ago")),
                    ("unknown", _("I do not know")),
                ),
            ),
            Field("when.at", "time", _("Day and time, if you know it")),
            Field("when.words", "line", _("How long, how often"), help=_("For example: several hours, every Friday.")),
        ),
    ),
    Step(
        "people",
        _("Who was there?"),
        (
            Field("count", "number", _("How many")),
            Field(
                "age",
                "choice",
                _("How old they look"),
                (("minor", _("Under 18")), ("adult", _("Grown up")), ("unknown", _("I cannot tell"))),
            ),
            Field(
                "part",
                "choice",
                _("What they seemed to be"),
                (
                    ("seen", _("Somebody who may need help")),
                    ("controls", _("Somebody who seemed to control others")),
                    ("other", _("Somebody else")),
                ),
            ),
            Field("doing", "line", _("What they were doing")),
            Field(
                "recognise",
                "text",
                _("How an officer could recognise them"),
                help=_("Clothes, hair, height, bags, marks. Only people read this."),
            ),
            Field("first_hand", "choice", _("How you know"), FIRST_HAND),
        ),
        help=_("Leave out what you did not see. A child's presence is not a sign."),
        repeat="people",
        add=_("Add more people"),
        one=_("People"),
    ),
    Step(
        "vehicles",
        _("Was there a vehicle?"),
        (
            Field("type", "select", _("Kind"), VEHICLE_TYPES),
            Field("colour", "line", _("Colour")),
            Field("make", "line", _("Make or model")),
            Field("plate", "line", _("Plate, or the part you are sure of")),
            Field("plate_region", "line", _("State or province of the plate")),
            Field("relation", "select", _("What it did"), RELATIONS),
            Field("words", "line", _("Anything else about it")),
            Field("first_hand", "choice", _("How you know"), FIRST_HAND),
        ),
        repeat="vehicles",
        add=_("Add another vehicle"),
        one=_("Vehicle"),
    ),
    Step(
        "timeline",
        _("What happened, step by step?"),
        (
            Field("what", "line", _("What happened"), help=_("For example: leaves the lot, circles, returns.")),
            Field("often", "line", _("How often"), help=_("For example: several times an hour.")),
            Field("first_hand", "choice", _("How you know"), FIRST_HAND),
        ),
        repeat="timeline",
        add=_("Add what happened next"),
        one=_("Happening"),
    ),
    Step(
        "signs",
        _("Which of these did you notice?"),
        (),
        help=_("Tick only what was there. None of them proves anything; together they help somebody decide."),
    ),
    Step(
        "words",
        _("Anything else?"),
        (
            Field("words", "text", _("In your own words"), rows=6),
            Field("called", "many", _("Whom you have called already"), CALLED),
            Field("incident", "line", _("Number of the 911 call, if they gave you one")),
            Field("spoke", "choice", _("Did you speak with the person?"), YES_NO),
        ),
    ),
    Step(
        "reach",
        _("May the hotline call you back?"),
        (
            Field(
                "reach.how",
                "choice",
                _("How to reach you"),
                (
                    ("not", _("Not at all: I stay unknown")),
                    ("hotline", _("The hotline may")),
                    ("officer", _("The hotline may, and an officer whom it chooses")),
                ),
            ),
            Field("reach.at", "line", _("Phone number or address"), help=_("Only if somebody may call you.")),
            Field(
                "reach.pass_on",
                "choice",
                _("May the hotline pass on to the police what you saw?"),
                YES_NO,
            ),
        ),
    ),
)
