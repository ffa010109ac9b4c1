"""What other rooms may use of the reference data: names, look-ups, nearest places, the map, and adding a place."""

from waywatch.geo.regions import CountryInfo, RegionInfo, country, region, region_named, regions

__all__ = ["CountryInfo", "RegionInfo", "country", "region", "region_named", "regions"]
