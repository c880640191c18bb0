"""Invented names, as Dutch as a payroll: prefixes, hyphens, diacritics."""

FIRST_NAMES = (
    "Noëlle", "Daan", "Chloé", "Bram", "Zoë", "Jurriën", "Fleur", "Yasmína", "Thijs", "Renée", "Sjöerd", "Anouk",
    "Mehmet", "Loïs", "Ruben", "Fatıma", "Gijs", "Hélène", "Ömer", "Sanne", "Tygo", "Maëlle", "Willem", "Agnieszka",  # noqa: RUF001 (a Turkish name)
)  # fmt: skip
PREFIXES = (None, "van der", "de", None, "van 't", "ten", None, "in den", "van", None)
LAST_NAMES = (
    "Waterhoen", "Kraaienbrink", "Müllerhof", "Zandvliet", "d'Août", "Roggeveld", "Çelikbaş", "Eikenrode", "Brûlart",
    "IJzerkoper", "Vuurland-Smit", "Grootegast", "Håkansveld", "Postmolen", "Łukasiewicz", "Stroopwaard",
)  # fmt: skip
COMPANY_NAMES = (
    "Bakkerij De Gouden Korst B.V.", "Thuiszorg Veluwezoom", "Installatiebedrijf Noordzeë B.V.",
    "Coöperatie Het Groene Veld U.A.", "Drukkerij Façade", "Transport Oosterschild B.V.", "Kinderopvang Klavertje Vijf",
)  # fmt: skip
DEBTOR_NAMES = ("Groep Zuiderpoort", "Stichting Maasoever", "Holding Lijnbaan", "Familiebedrijven Hé & Zn.")
COST_CENTERS = (
    ("KP10", "Kantoor", 110),
    ("KP20", "Verkoop", 120),
    ("030", "Werkplaats", 130),
    ("KP40", "Zorg & welzijn", 140),
    ("KP90", "Reserve (niet in gebruik)", 190),
)
COST_UNITS = (("P100", "Project Waddenkust"), ("P200", "Project Réunion"), ("P999", "Algemeen"))
DEPARTMENTS = ("Directie", "Productie", "Cliëntenservice")
