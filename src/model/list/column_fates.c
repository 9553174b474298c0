/* column_fates.c - columns of what came of it. */
#include "column_cells.h"

void
show_result(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->gone)
		buf_text(out, "let go");
	else
		unit_result(&e->unit, out);
}

/* The worst is the greatest, and of equals the one with the higher code. */
bool
rank_result(column *c, entry *e, int64_t *n)
{
	struct buf text;
	uint64_t code = 0;

	(void)c;
	buf_init(&text, LIMIT_REPLY_LINE);
	*n = (int64_t)result_badness(unit_result(&e->unit, &text)) * 1000;
	if (slice_number(slice_take(buf_slice(&text), 3), &code))
		*n += (int64_t)code;
	buf_fini(&text);
	return !e->gone;
}

void
show_reason(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	unit_reason(&e->unit, out);
}

void
show_queue(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->unit.message != NULL)
		buf_add(out, e->unit.message->queue_id);
}

void
show_tls(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_session *session = e->unit.session;

	(void)c;
	(void)s;
	if (session == NULL)
		return;
	if (session->tls)
		buf_text(out, session->tls_facts.mode != NULL && strcmp(session->tls_facts.mode, "implicit") == 0 ? "TLS" : "STARTTLS");
	else if (session->tls_broken)
		buf_text(out, "failed");
}

void
show_close(column *c, entry *e, style *s, struct buf *out)
{
	const char *word = e->unit.session != NULL ? rec_session_close(e->unit.session) : NULL;

	(void)c;
	(void)s;
	if (word != NULL)
		buf_text(out, word);
	else if (e->unit.session != NULL)
		buf_text(out, "open");
}

void
show_severity(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	buf_text(out, severity_letter(e->sums.severity));
}

bool
rank_severity(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put(n, e->sums.severity);
}

static const struct rec_findings *
findings_of(entry *e)
{
	const struct unit *u = &e->unit;
	const struct rec_findings *of_session = u->session != NULL ? &u->session->findings : NULL;

	if (u->attempt != NULL)
		return &u->attempt->findings;
	if (u->message != NULL && (!e->of_session || of_session == NULL || u->message->findings.severity >= of_session->severity))
		return &u->message->findings;
	return of_session;
}

/* The worst one's id, and how many others. */
void
show_findings(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_findings *f = findings_of(e);

	(void)c;
	(void)s;
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		if (finding_info(f->v[i].finding)->severity != f->severity)
			continue;
		buf_text(out, finding_info(f->v[i].finding)->id);
		if (f->count > 1)
			buf_printf(out, " +%llu", (unsigned long long)f->count - 1);
		return;
	}
}

