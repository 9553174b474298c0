/*
 * finding.h - the ids, severities and words of finding.def.
 */
#ifndef FINDING_H
#define FINDING_H

#include "slice.h"

enum severity {
	SEVERITY_NONE,
	INFO,			/* a fact */
	NOTE,			/* unusual, and mail flows */
	WARNING,		/* mail or a session failed, or content deceives */
	ALERT			/* an attack, or bytes that differ by reader */
};

enum finding {
#define FINDING(name, id, severity, reference, seen, todo) FINDING_##name,
#include "finding.def"
#undef FINDING
	FINDINGS
};

struct finding_info {
	const char *id;			/* "smtp.smuggling" */
	enum severity severity;
	const char *reference;		/* "RFC 5321 4.1.1.4", or "" */
	const char *seen;		/* one sentence: what was seen */
	const char *todo;		/* one sentence: what to do about it, or "" */
};

const struct finding_info *finding_info(enum finding);
const char *severity_name(enum severity);			/* "warning"; "" for none */
bool severity_parse(slice, enum severity *);
bool finding_parse(slice id, enum finding *);
/* Does the finding match "tcp.gap", "smtp.*", or a severity ("warning": that or worse)? */
bool finding_matches(enum finding, slice pattern);

#endif
