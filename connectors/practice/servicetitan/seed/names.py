"""The words the practice contractor is made of. All people, firms and places are invented."""

_FIRST = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Karen Daniel Nancy Matthew Lisa Anthony Betty Mark "
    "Sandra Steven Ashley Andrew Emily Paul Kimberly Joshua Donna Kevin Michelle Brian Carol "
    "José Zoë Renée Søren Łukasz Chloé Björn Nguyễn Aiyana D'Andre Mei-Ling Priya Omar Fatima"
)
FIRST = _FIRST.split()
_LAST = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez "
    "Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White "
    "Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres "
    "Núñez O'Brien McAllister Žižek Müller Sørensen Nakamura D'Angelo Whitfield-Jones Okafor "
    "Castellanos Vandermeer Kowalczyk Abernathy Ó Súilleabháin Prentiss Delacroix Yılmaz"
)
LAST = _LAST.split()
_PLACE = (
    "Marlow Bluebird Canyon Summit Harbor Prairie Ironwood Redstone Lakeside Northgate Silver "
    "Juniper Cascade Meridian Oakmont Pinecrest Granite Willow Copper Falcon Sterling Cobalt"
)
PLACE = _PLACE.split()
TRADE = (
    "Property Group",
    "Bakery",
    "Dental",
    "Self Storage",
    "Apartments",
    "Brewing",
    "Logistics",
    "Medical Plaza",
    "Auto Body",
    "Elementary School",
    "Community Church",
    "Diner & Grill",
    "Cold Storage",
    "HOA",
    "Fitness",
    "Veterinary Clinic",
)
FORM = ("LLC", "Inc.", "Co.", "", "", "Ltd", "L.L.C.", "Inc")
STREET = (
    "W Olive Ave",
    "Main St",
    "N Magnolia Blvd",
    "Sunset Ridge Dr",
    "5th Avenue",
    "Camino Real",
    "Old Mill Rd",
    "Foothill Blvd",
    "Juniper Ln",
    "E Cypress St",
    "County Road 12",
    "Peña Way",
)
TOWN = (
    ("Burbank", "CA", "91506", 34.17, -118.32),
    ("Glendale", "CA", "91205", 34.13, -118.25),
    ("Pasadena", "California", "91101", 34.15, -118.14),
    ("La Cañada Flintridge", "CA", "91011", 34.2, -118.2),
    ("Arcadia", "CA", "91006", 34.13, -118.03),
    ("Sun Valley", "Ca.", "91352", 34.22, -118.37),
)
MAIL = ("example.com", "example.net", "example.org", "mail.example.com", "Example.COM")
ROLE = ("Office", "AP", "Front Desk", "Property Manager", "Owner", "Tenant", "wife's cell", "Cell")
TECHNICIANS = (
    "Dana Okafor",
    "Luis Herrera",
    "Megan Brandt",
    "Tomás Ibáñez",
    "Curtis Lowe",
    "Aisha Rahman",
    "Pete Gallagher",
    "Wendy Cho",
    "Marcus Bell",
    "Ivan Petrov",
    "Renée Dubois",
    "Sam Whitaker",
    "Hector Salas",
    "Kyle Jensen",
    "Nora Lindqvist",
    "Andre Mathis",
    "Gita Menon",
    "Owen Burke",
    "Carla Reyes",
    "Bo Tanaka",
    "Jill Sutter",
    "Raymond Ortiz",
    "Elena Varga",
    "Darnell Pope",
)
PROBLEM = (
    "AC not cooling, tenant reports warm air on the upper floor.",
    "Water heater leaking from the relief valve.",
    "Annual maintenance visit, two systems.",
    "Kitchen drain backs up after every dishwasher cycle.",
    "Breaker trips when the condenser starts.",
    "Furnace short-cycles; customer smells burning dust.",
    "Replace RTU-3 economizer actuator (part on order).",
    "Estimate for whole-home re-pipe — crawl space access from the garage.",
    "Thermostat offline since the power cut ⚡, please bring a spare C-wire adapter.",
    "Customer very unhappy 😡 with the last visit, send a senior tech 🙏",
    "Install new mini-split in the garage office ❄️",
    "Smoke detectors chirping, 6 units, 12' ceilings.",
)
NOTE = (
    "Check in with the security desk.",
    "Gate code #4471, dog in the back yard 🐕",
    "Call 30 min ahead.",
    "Park in the loading zone; hard hat required.",
)
WORK = (
    ("Condenser Fan Motor Replacement", "HVAC-FM-01", "Service", 117400, 31825),
    ("Diagnostic Visit", "DIAG-01", "Service", 8900, 0),
    ("Capacitor 45/5 MFD", "MAT-CAP-45", "Material", 18500, 2210),
    ("R-410A Refrigerant, per lb", "MAT-R410A", "Material", 9800, 2875),
    ("50 gal Water Heater", "EQ-WH-50", "Equipment", 189500, 74310),
    ("Drain Clearing, Main Line", "PLB-DR-02", "Service", 29500, 0),
    ("Panel Breaker 40A", "ELE-BR-40", "Material", 14200, 1890),
    ("3-ton Heat Pump System", "EQ-HP-36", "Equipment", 879900, 412500),
    ("Maintenance Visit", "MNT-01", "Service", 15900, 0),
    ("Thermostat, Wi-Fi", "EQ-TS-01", "Equipment", 34900, 12150),
)
SAID = (
    "Customer wants a call on the morning of the visit.",
    "Left voicemail, no answer & mailbox full.",
    "Tenant rescheduled access to 10am.",
    "Please do NOT upsell — see last visit.",
    "Warranty claim sent to the manufacturer 📨",
    "Quoted 3-ton replacement, thinking about it.",
)
