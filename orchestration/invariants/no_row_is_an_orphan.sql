select
    from_mart || '.' || from_column as subject,
    published.count_orphans(from_mart, from_column, to_mart, to_column) as breaches
from (
    values
    ('person_source_record', 'person_id', 'person', 'person_id'),
    ('person_attribute', 'person_id', 'person', 'person_id'),
    ('person_attribute', 'record_id', 'person_source_record', 'record_id'),
    ('person_redirect', 'person_id', 'person', 'person_id'),
    ('link_explanation', 'record_id', 'person_source_record', 'record_id'),
    ('link_explanation', 'other_record_id', 'person_source_record', 'record_id'),
    ('link_review', 'person_id', 'person', 'person_id'),
    ('link_review', 'other_person_id', 'person', 'person_id'),
    ('person_relationship', 'person_id', 'person', 'person_id'),
    ('person_relationship', 'related_person_id', 'person', 'person_id'),
    ('household_member', 'household_id', 'household', 'household_id'),
    ('household_member', 'person_id', 'person', 'person_id'),
    ('person_address', 'household_id', 'household', 'household_id'),
    ('person_address', 'person_id', 'person', 'person_id'),
    ('family_member', 'child_id', 'person', 'person_id'),
    ('family_member', 'member_id', 'person', 'person_id'),
    ('family_explanation', 'child_id', 'person', 'person_id'),
    ('family_explanation', 'member_id', 'person', 'person_id'),
    ('correction_report', 'person_id', 'person', 'person_id'),
    ('correction_report', 'related_person_id', 'person', 'person_id'),
    ('family_context', 'spell_id', 'service_involvement', 'spell_id'),
    ('service_involvement', 'person_id', 'person', 'person_id'),
    ('service_involvement', 'record_id', 'person_source_record', 'record_id'),
    ('service_involvement', 'service', 'service_coverage', 'service'),
    ('childrens_social_care_detail', 'person_id', 'person', 'person_id'),
    ('school_detail', 'person_id', 'person', 'person_id'),
    ('adult_social_care_detail', 'person_id', 'person', 'person_id'),
    ('housing_detail', 'person_id', 'person', 'person_id'),
    ('anti_social_behaviour_detail', 'person_id', 'person', 'person_id'),
    ('police_detail', 'person_id', 'person', 'person_id')
) as reference (from_mart, from_column, to_mart, to_column)
order by subject
