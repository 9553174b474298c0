#include "finding.h"

#include "err.h"

static const struct finding_info table[FINDINGS] = {
#define FINDING(name, id, severity, reference, seen, todo) { id, severity, reference, seen, todo },
#include "finding.def"
#undef FINDING
};

static const char *const severity_names[] = { "", "info", "note", "warning", "alert" };

const struct finding_info *
finding_info(enum finding f)
{
	CHECK(f < FINDINGS);
	return &table[f];
}

const char *
severity_name(enum severity s)
{
	return severity_names[s];
}

bool
severity_parse(slice name, enum severity *severity_r)
{
	for (enum severity s = INFO; s <= ALERT; s++)
		if (slice_eq(name, slice_of(severity_names[s]))) {
			*severity_r = s;
			return true;
		}
	return false;
}

bool
finding_parse(slice id, enum finding *finding_r)
{
	for (enum finding f = 0; f < FINDINGS; f++)
		if (slice_eq(id, slice_of(table[f].id))) {
			*finding_r = f;
			return true;
		}
	return false;
}

bool
finding_matches(enum finding f, slice pattern)
{
	slice id = slice_of(finding_info(f)->id);
	enum severity at_least;

	if (severity_parse(pattern, &at_least))
		return finding_info(f)->severity >= at_least;
	if (pattern.n >= 2 && pattern.p[pattern.n - 1] == '*' && pattern.p[pattern.n - 2] == '.')
		return slice_starts(id, slice_take(pattern, pattern.n - 1));
	return slice_eq(id, pattern);
}
