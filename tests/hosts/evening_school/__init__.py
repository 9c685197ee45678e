"""Function views, no modules, people with a UUID and no full name, one teacher a course, who may act as a learner."""
