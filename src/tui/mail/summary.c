#include "summary.h"

#include <string.h>

#include "base/limits.h"
#include "base/words.h"
#include "facts.h"

enum { LINE_MOST = 4 * 1024 };			/* kept of one line: more than any screen is wide */

void
summary_init(struct summary *s)
{
	s->n = 0;
	buf_init(&s->text, SUMMARY_LINES * LINE_MOST);
}

void
summary_fini(struct summary *s)
{
	buf_fini(&s->text);
}

static void
add(struct summary *s, const char *label, enum style style, slice text)
{
	if (text.n == 0 || s->n == SUMMARY_LINES)
		return;
	text = slice_take(text, LINE_MOST);
	s->line[s->n++] = (struct summary_line){ label, style, s->text.n, text.n };
	buf_add(&s->text, text);
}

static void
add_addresses(struct summary *s, const char *label, const struct rec_address *v, size_t n)
{
	struct buf words;

	buf_init(&words, LINE_MOST);
	facts_addresses(&words, v, n);
	add(s, label, STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

/* Who is shown, and who sent: RFC 5322 and RFC 5321 may differ. */
static void
add_sender(struct summary *s, const struct rec_message *m)
{
	bool same = m->null_sender || !m->has_mail_from;
	struct buf words;

	for (size_t i = 0; i < m->nfrom && !same; i++)
		same = slice_ieq(m->from[i].address, m->mail_from);
	buf_init(&words, LINE_MOST);
	facts_addresses(&words, m->from, m->nfrom);
	if (!same) {
		buf_text(&words, words.n > 0 ? "  sent as " : "sent as ");
		buf_add(&words, m->mail_from);
	} else if (m->null_sender)
		buf_text(&words, words.n > 0 ? "  sent as <>" : "sent as <>");
	add(s, "From", STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

/* What was found in it, the worst first; what was found of the session and of replies is told by those. */
static bool
is_of_content(enum finding f)
{
	static const char *const families[] = { "header.", "mime.", "name.", "url." };

	if (finding_info(f)->severity == ALERT)
		return true;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (strncmp(finding_info(f)->id, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

static void
add_findings(struct summary *s, const struct rec_message *m)
{
	struct buf words;
	enum severity worst = SEVERITY_NONE;

	buf_init(&words, LINE_MOST);
	for (enum severity severity = ALERT; severity >= WARNING; severity--)
		for (enum finding f = 0; f < FINDINGS; f++)
			if (rec_findings_have(&m->findings, f) && finding_info(f)->severity == severity && is_of_content(f)) {
				worst = severity > worst ? severity : worst;
				buf_text(&words, words.n > 0 ? " · " : "");
				buf_text(&words, finding_info(f)->id);
			}
	add(s, severity_name(worst), worst == ALERT ? STYLE_ALERT : STYLE_BAD, buf_slice(&words));
	buf_fini(&words);
}

static void
add_recipient(struct summary *s, const struct rec_message *m, const struct rec_recipient *r, bool open)
{
	struct buf words;

	buf_init(&words, LINE_MOST);
	buf_add(&words, r->address);
	buf_text(&words, "  ");
	facts_reply(&words, &r->reply);
	add(s, facts_fate(m, r, open), facts_reply_style(r->reply.code), buf_slice(&words));
	buf_fini(&words);
}

static bool
failed(const struct rec_recipient *r)
{
	return r->reply.code >= 400 || r->reply.code == 0;
}

/* Those who did not get it come first: they are why one looks. */
static void
add_recipients(struct summary *s, const struct rec_message *m, bool open, int room)
{
	uint64_t told = 0, most = room > 0 ? (uint64_t)room : 0;
	struct buf words;

	if (m->recipients > most && most > 0)
		most--;				/* for how many more there are */
	for (int bad = 1; bad >= 0; bad--)
		for (size_t i = 0; i < m->nrecipient && told < most; i++)
			if (failed(&m->recipient[i]) == bad) {
				add_recipient(s, m, &m->recipient[i], open);
				told++;
			}
	if (told == m->recipients || room <= 0)
		return;
	buf_init(&words, 64);
	buf_text(&words, "… and ");
	words_count(&words, m->recipients - told, told > 0 ? "other" : "recipient", told > 0 ? "others" : "recipients");
	add(s, "", STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

/* All got it: their names are enough. */
static void
add_names(struct summary *s, const struct rec_message *m)
{
	struct buf words;

	buf_init(&words, LINE_MOST);
	for (size_t i = 0; i < m->nrecipient; i++) {
		buf_text(&words, i > 0 ? ", " : "");
		buf_add(&words, m->recipient[i].address);
	}
	add(s, "got it", STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

static void
add_result(struct summary *s, const struct rec_message *m, bool open)
{
	struct buf words;

	buf_init(&words, LINE_MOST);
	facts_status(&words, m, open);
	add(s, "Result", facts_status_style(m, open), buf_slice(&words));
	buf_fini(&words);
}

void
summary_fill(struct summary *s, const struct rec_message *m, bool open, int height)
{
	bool several = m->recipients > 1 && (m->accepted_recipients < m->recipients || m->status != MAIL_ACCEPTED || open);

	s->n = 0;
	buf_clear(&s->text);
	if (height < 2) {
		add(s, "Subject", STYLE_TITLE, m->subject.n > 0 ? m->subject : S("(none)"));
		return;
	}
	add_sender(s, m);
	add_addresses(s, "To", m->to, m->nto);
	if (height > 10)
		add_addresses(s, "Cc", m->cc, m->ncc);
	add(s, "Subject", STYLE_TITLE, m->subject);
	if (height > 4)
		add(s, "Date", STYLE_PLAIN, m->date);
	add_result(s, m, open);
	if (height > 4)
		add_findings(s, m);
	if (several)
		add_recipients(s, m, open, height - s->n);
	else if (m->recipients > 1 && height > s->n)
		add_names(s, m);
}

static slice
text_of(const struct summary *s, const struct summary_line *l)
{
	return slice_take(slice_drop(buf_slice(&s->text), l->at), l->n);
}

void
summary_draw(const struct summary *s, struct area a, int y)
{
	for (int i = 0; i < s->n; i++, y++) {
		const struct summary_line *l = &s->line[i];

		canvas_words(a, 1, y, STYLE_DIM, l->label);
		canvas_text(a, 1 + SUMMARY_LABEL, y, a.width - 1 - SUMMARY_LABEL, l->style, text_of(s, l));
	}
}

void
summary_print(const struct summary *s, struct buf *out)
{
	for (int i = 0; i < s->n; i++) {
		buf_printf(out, "%-*s", SUMMARY_LABEL, s->line[i].label);
		buf_add(out, text_of(s, &s->line[i]));
		buf_text(out, "\n");
	}
}
