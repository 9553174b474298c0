#include "waits.h"

#include "base/err.h"

static const struct { slice verb; const char *shown; } verbs[WAITS] = {
	[WAIT_GREETING] = { SLICE(""), "greeting" },
	[WAIT_EHLO] = { SLICE("EHLO"), "EHLO" },
	[WAIT_HELO] = { SLICE("HELO"), "HELO" },
	[WAIT_LHLO] = { SLICE("LHLO"), "LHLO" },
	[WAIT_STARTTLS] = { SLICE("STARTTLS"), "STARTTLS" },
	[WAIT_AUTH] = { SLICE("AUTH"), "AUTH" },
	[WAIT_AUTH_ANSWER] = { SLICE("AUTH*"), "AUTH answer" },
	[WAIT_MAIL] = { SLICE("MAIL"), "MAIL" },
	[WAIT_RCPT] = { SLICE("RCPT"), "RCPT" },
	[WAIT_DATA] = { SLICE("DATA"), "DATA" },
	[WAIT_BDAT] = { SLICE("BDAT"), "BDAT" },
	[WAIT_CONTENT] = { SLICE("."), "content" },
	[WAIT_RSET] = { SLICE("RSET"), "RSET" },
	[WAIT_NOOP] = { SLICE("NOOP"), "NOOP" },
	[WAIT_VRFY] = { SLICE("VRFY"), "VRFY" },
	[WAIT_QUIT] = { SLICE("QUIT"), "QUIT" },
	[WAIT_OTHERS] = { { NULL, 0 }, "others" },
};

enum waits
waits_of(slice verb)
{
	enum waits w = 0;

	while (w < WAIT_OTHERS && !slice_eq(verb, verbs[w].verb))
		w++;
	return w;
}

bool
waits_is_command(slice name)
{
	for (enum waits w = 0; w < WAIT_OTHERS; w++)
		if (slice_eq(name, verbs[w].verb) && name.n > 1 && w != WAIT_AUTH_ANSWER)
			return true;
	return false;
}

const char *
waits_name(enum waits w)
{
	CHECK(w < WAITS);
	return verbs[w].shown;
}
