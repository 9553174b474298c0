/*
 * publish.c - one event, in order, to analysis, sinks and the fold.
 */
#include <string.h>

#include "base/limits.h"
#include "internal.h"

static bool
matches_any(enum finding f, const char *const *pattern, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (finding_matches(f, slice_of(pattern[i])))
			return true;
	return false;
}

static bool
ignored(const struct engine *e, enum finding f)
{
	return matches_any(f, e->options.ignore, e->options.nignore);
}

static void
judge(struct engine *e, enum finding f)
{
	e->fail_on_matched |= matches_any(f, e->options.fail_on, e->options.nfail_on);
}

/* The last step: nothing is added to the event any more. */
static void
tell(void *self, const struct event *ev)
{
	struct engine *e = self;
	uint32_t kind = WANT(ev->kind);

	if (ev->kind == EV_ANOMALY) {
		if (ignored(e, ev->u.anomaly.finding))
			return;
		judge(e, ev->u.anomaly.finding);
	}
	e->secrets |= ev->at.secret;
	/* The fold hears of a new session first, so that sinks can ask for it; records come after the event that completes them. */
	if (ev->kind == EV_OPEN && fold_event(e->fold, ev) != 0)
		e->failed = true;
	for (size_t i = 0; i < e->nsink; i++)
		if ((e->sink[i].wants & kind) && e->sink[i].ops->event != NULL
		    && e->sink[i].ops->event(e->sink[i].self, ev) != 0)
			e->failed = true;
	if (ev->kind != EV_OPEN && (e->fold_wants & kind) && fold_event(e->fold, ev) != 0)
		e->failed = true;
}

void
publish(struct engine *e, struct event *ev)
{
	if (e->analysis_wants & WANT(ev->kind))
		analysis_event(e->analysis, ev, tell, e);
	tell(e, ev);
}

void
publish_lone(struct engine *e, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct event ev;

	if (e->lone[f]++ >= LIMIT_LONE_FINDINGS)
		return;
	memset(&ev, 0, sizeof ev);
	ev.kind = EV_ANOMALY;
	ev.at.packet = packet;
	ev.at.time = time;
	ev.at.offset = offset;
	ev.u.anomaly = (struct ev_anomaly){ f, 0, detail };
	tell(e, &ev);
}

void
engine_note(void *engine, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	publish_lone(engine, f, packet, time, offset, detail);
}

void
publish_attempt(struct engine *e, const struct attempt_facts *facts)
{
	e->attempts++;
	if (ignored(e, facts->finding))
		return;
	judge(e, facts->finding);
	if (fold_attempt(e->fold, facts) != 0)
		e->failed = true;
}
