"""What runs when: the launcher, migrations, landing, Dagster, publishing and the command line."""
