"""How moments are written: as the library does in each language, and always with their time zone. A desk serves several of them."""
