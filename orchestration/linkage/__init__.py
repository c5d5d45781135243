"""Who is who by weight of evidence: the model in seeds, the SQL written from it, and training.

The seeds match_model, match_level and veto are the model. `sql` writes the two dbt models that
apply it, `training` proposes new weights. Nothing here runs when a council's data are refreshed:
that is dbt alone.
"""
