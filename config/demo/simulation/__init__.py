"""A simulated class: learners who take real courses and send events to the real endpoint.

Everything is drawn from a seed, so the same seed and time give the same class. Nothing here writes a figure: page views
go through ``tracking.capture.ingest`` as a browser's do, quizzes through ``courses.attempts`` as a form's do.

    term        the days of a term, and when its modules are due
    syllabus    a course as learners see it, and how hard its questions are
    people      names, and how each person learns
    stories     the learners whose course takes a notable turn
    reading     what a tracker reports about a reader
    answering   what a learner answers, given what they know
    browser     the batches that a learner's browser sends
    planning    when a learner comes, and for what
    knowing     what a learner knows after reading and practising
    learning    one learner's way through a course, visit by visit
    populating  simulated learners in a class of the platform
    playing     all learners' visits in order of time, with a rollup each week
"""
