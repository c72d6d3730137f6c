"""From the raw zone to the tables: Run → Frame → Table. Loading a run twice equals loading it once."""
