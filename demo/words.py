"""The words that records are drawn from; far from ASCII on purpose, as names are."""

from random import Random

FIRST_NAMES = (
    "Ada", "Amélie", "Bartosz", "Chidi", "Dolores", "Eleni", "Fatima", "Grace", "Hiroshi", "Imani", "José", "Keiko",
    "Liam", "Mária", "Noor", "Øystein", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Viktor", "Wanjiru",
    "Xóchitl", "Yusuf", "Zoë", "美咲", "Łukasz", "Nguyên",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Björk", "Castañeda", "Dubois", "Eriksen", "Fernández", "García", "Hall", "Ibrahim", "Jensen", "Kowalski",
    "Lee", "Müller", "Nakamura", "O'Brien", "Papadopoulos", "Quinn", "Reyes", "Smith-Jones", "Tanaka", "Ünal",
    "van der Berg", "Washington", "Žižek", "佐藤", "de la Cruz",
)  # fmt: skip
PLACES = (
    ("Springfield", "IL", "62701", "US"),
    ("Albany", "NY", "12207", "US"),
    ("Boston", "MA", "02108", "US"),
    ("San José", "CA", "95113", "US"),
    ("Santa Fe", "NM", "87501", "US"),
    ("Juneau", "AK", "99801", "US"),
    ("Agawam", "MA", "01001", "US"),
    ("Montréal", "QC", "H2Y 1C6", "CA"),
    ("Kristiansand", None, "4611", "NO"),
    ("Kraków", None, "31-001", "PL"),
)
STREETS = ("Main St", "Elm Ave", "Río Grande Blvd", "Church Rd", "2nd St", "Harbor Way", "Market Sq", "Rue de l'Église")
CAUSES = ("Food Pantry", "Winter Coats", "School Meals", "River Clean-up", "Library Van", "Shelter", "Clinic", "Choir")
AIMS = ("meals", "volunteers", "vans", "visits")
REGIONS = ("North County", "Harbor District", "Old Town", "Lakeside", "Mission Hill")
GOODS = (
    ("MEAL-10", "Ten school meals", 1250),
    ("MEAL-50", "Fifty school meals", 6000),
    ("COAT-KID", "Child's winter coat", 3499),
    ("COAT-ADULT", 'Winter coat, "one size"', 5425),
    ("BOOK-SET", "Set of five books", 2780),
    ("TREE-1", "One street tree", 4500),
    ("VET-VISIT", "Visit to the vet", 7510),
    ("RIDE-1", "Ride to the clinic", 915),
    ("GALA-SEAT", "Seat at the gala – dîner", 15000),
)
TAGS = ("urgent", "matched", "in memory", "corporate", "first-time", "monthly", "naïve–dash", "🎄 holiday", "tax:2024")
CHANNELS = ("web", "newsletter", "phone", "event", "partner")
NOTES = (
    "Please keep it anonymous.", "In memory of Grandma ❤", 'She said: "thank you"', "Line one\nline two\ttabbed",
    "C:\\gifts\\2024",
)  # fmt: skip
REMARKS = (
    "So glad this exists!", "Where can I volunteer?", "Gave again this year 🎉", "Merci à toute l'équipe",
    "ありがとう", "My receipt never came.", "Proud of our town.", "Matched by my employer :)",
)  # fmt: skip


def name(draw: Random) -> dict[str, str]:
    """Return somebody's name."""
    return {"first": draw.choice(FIRST_NAMES), "last": draw.choice(LAST_NAMES)}
