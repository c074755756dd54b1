"""Made-up cities: streets, journeys and cameras of any number, for tests of speed and scale."""
