"""Words for keys: what a published figure counts, which part of the programme it is about, and the groups of what followed.

A key of a figure that is not here is shown as it is written in the file. Names of programmes stay as they are in every language.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.builds.api import ADOPTIONS, OTHER_ACTS, TRAININGS, FollowUpKind

METRICS: Mapping[str, Promise | str] = {
    "botl_audience": _("Busing on the Lookout: audience"),
    "botl_events": _("Busing on the Lookout: events"),
    "bus_casino_coalition_builds": _("Coalition Builds for bus companies and casinos"),
    "bus_registered_trained": _("People of the bus industry registered as trained"),
    "bus_trained_or_committed": _("People of the bus industry trained or committed"),
    "cb_attendance": _("Coalition Builds: people who came"),
    "cb_bus_transit": _("Coalition Builds: people from bus and public transit"),
    "cb_ca_provinces": _("Coalition Builds: Canadian provinces"),
    "cb_downstream_trucking_trained_at_least": _(
        "Coalition Builds: people of the trucking industry trained afterwards, at least"
    ),
    "cb_energy": _("Coalition Builds: people from energy companies"),
    "cb_government": _("Coalition Builds: people from government agencies"),
    "cb_law_enforcement": _("Coalition Builds: people from law enforcement"),
    "cb_ngo": _("Coalition Builds: people from non-profit organisations"),
    "cb_truck_stop": _("Coalition Builds: people from truck stops and travel plazas"),
    "cb_trucking": _("Coalition Builds: people from trucking companies"),
    "cb_us_states": _("Coalition Builds: US states"),
    "coalition_builds": _("Coalition Builds"),
    "cvsa_htai_decals": _("CVSA HTAI: decals"),
    "cvsa_htai_events": _("CVSA HTAI: events"),
    "cvsa_htai_events_or_documented_cases": _("CVSA HTAI: events or documented cases"),
    "cvsa_htai_jurisdictions": _("CVSA HTAI: jurisdictions"),
    "cvsa_htai_law_enforcement_personnel": _("CVSA HTAI: law-enforcement personnel"),
    "cvsa_htai_media_contacts": _("CVSA HTAI: contacts with the media"),
    "cvsa_htai_presentations": _("CVSA HTAI: presentations"),
    "cvsa_htai_wallet_cards": _("CVSA HTAI: wallet cards"),
    "empower_freedom_wallet_cards": _("Empower Freedom: wallet cards"),
    "fdp_donated_miles": _("Freedom Drivers Project: donated miles"),
    "fdp_donated_percent": _("Freedom Drivers Project: donated miles in per cent"),
    "fdp_donated_usd": _("Freedom Drivers Project: donations in US dollars"),
    "fdp_events": _("Freedom Drivers Project: events"),
    "fdp_miles": _("Freedom Drivers Project: miles"),
    "fdp_states": _("Freedom Drivers Project: states"),
    "fdp_visitors": _("Freedom Drivers Project: visitors"),
    "fdp_volunteers": _("Freedom Drivers Project: volunteers"),
    "hotline_calls_by_truckers": _("Calls to the hotline by truckers"),
    "hotline_cases": _("Cases of the hotline"),
    "hotline_cases_likely": _("Likely cases of the hotline"),
    "law_enforcement_agencies": _("Law-enforcement agencies"),
    "law_enforcement_trained": _("People of law enforcement trained"),
    "law_enforcement_trained_cumulative": _("People of law enforcement trained, over several years"),
    "law_enforcement_training_states": _("States with a training of law enforcement"),
    "law_enforcement_trainings": _("Trainings of law enforcement"),
    "le_agencies": _("Law enforcement: agencies"),
    "le_digital_events": _("Law enforcement: digital events"),
    "le_in_person_events": _("Law enforcement: events in person"),
    "le_states": _("Law enforcement: states"),
    "pennsylvania_state_police_officers_trained": _("Officers of the Pennsylvania State Police trained"),
    "potential_victims": _("Potential victims"),
    "potential_victims_adult": _("Potential victims: adults"),
    "potential_victims_female": _("Potential victims: female"),
    "potential_victims_male": _("Potential victims: male"),
    "potential_victims_minor": _("Potential victims: minors"),
    "potential_victims_us_citizen": _("Potential victims: US citizens"),
    "presentations": _("Presentations"),
    "private_bus_companies_trained": _("Private bus companies trained"),
    "registered_trained": _("People registered as trained"),
    "registered_trained_trucking": _("People of the trucking industry registered as trained"),
    "school_bus_drivers_trained": _("School-bus drivers trained"),
    "school_bus_drivers_trained_or_committed": _("School-bus drivers trained or committed"),
    "school_districts_trained": _("School districts trained"),
    "shipping_partner_audience": _("Shipping partners: audience"),
    "shipping_partner_carriers_exposed": _("Shipping partners: carriers reached"),
    "shipping_partner_events": _("Shipping partners: events"),
    "ta_employees_trained_annually": _("Employees of TA trained each year"),
    "tennessee_school_bus_drivers_trained": _("School-bus drivers of Tennessee trained"),
    "transit_agencies_trained": _("Transit agencies trained"),
    "truck_stop_cases_high_information": _("Cases at truck stops with much information"),
    "truck_stop_cases_unique": _("Cases at truck stops, each counted once"),
    "ups_decals": _("UPS: decals"),
    "ups_drivers_trained": _("UPS: drivers trained"),
    "ups_employees_trained": _("UPS: employees trained"),
}

SCOPES: Mapping[str, Promise | str] = {
    "": _("The whole programme"),
    "bus-casino": _("Bus companies and casinos"),
}

GROUPS: Mapping[str, frozenset[FollowUpKind]] = {"trained": TRAININGS, "adopted": ADOPTIONS, "else": OTHER_ACTS}
GROUP_TITLES: Mapping[str, Promise | str] = {
    "trained": _("People trained afterwards"),
    "adopted": _("Adopted since"),
    "else": _("What else followed"),
}


def metric_words(metric: str) -> str:
    """Return what was counted in the reader's language; the key itself where it has no words yet."""
    return str(METRICS.get(metric, metric))


def scope_words(scope: str) -> str:
    """Return which part of the programme was counted in the reader's language; the key itself where it has no words yet."""
    return str(SCOPES.get(scope, scope))


def kinds_named(name: str) -> tuple[str, frozenset[FollowUpKind] | None]:
    """Return the title and the kinds of a group of what followed, or of one kind; of everything where the name is neither."""
    if name in GROUPS:
        return str(GROUP_TITLES[name]), GROUPS[name]
    if name in FollowUpKind.values:
        return str(FollowUpKind(name).label), frozenset({FollowUpKind(name)})
    return gettext("What followed"), None
