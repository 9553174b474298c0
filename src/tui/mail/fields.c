#include "fields.h"

#include <string.h>

#include "base/defang.h"
#include "base/limits.h"
#include "base/words.h"
#include "way.h"

#define NOW	(60 * NSTIME_S)			/* clocks differ by so much, and mail takes so long */

enum { NAME_MOST = 16, NAME_LEAST = 8, TOLD = 4 };

/* --- envelope and header --- */

static bool
is_among(slice address, const struct rec_address *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_ieq(address, v[i].address))
			return true;
	return false;
}

static bool
is_named(slice address, const struct rec_message *m)
{
	return is_among(address, m->to, m->nto) || is_among(address, m->cc, m->ncc);
}

static bool
is_recipient(slice address, const struct rec_message *m)
{
	for (size_t i = 0; i < m->nrecipient; i++)
		if (slice_ieq(address, m->recipient[i].address))
			return true;
	return false;
}

/* Of a header that lost something nobody can say what is not in it. */
static bool
is_whole(const struct rec_message *m, const struct content *c)
{
	return m->has_content && content_over(c) && content_missing(c) == 0 && !content_gone(c);
}

/* A few addresses, and how many more there are. */
struct few { struct buf words; size_t n; };

static void
few_add(struct few *f, slice address)
{
	if (f->n++ < TOLD) {
		buf_text(&f->words, f->words.n > 0 ? ", " : "");
		buf_add(&f->words, address);
	}
}

static void
few_say(struct few *f, struct sheet *s, const struct facts_look *look, const char *label, const char *about)
{
	if (f->n > TOLD)
		buf_printf(&f->words, " and %zu more", f->n - TOLD);
	if (f->n > 0) {
		buf_text(&f->words, about);
		facts_line(s, look, label, STYLE_PLAIN, buf_slice(&f->words));
	}
	buf_fini(&f->words);
}

static void
say_sender(struct sheet *s, const struct facts_look *look, const struct rec_message *m, bool whole)
{
	struct buf words;
	bool same = m->nfrom > 0 && is_among(m->mail_from, m->from, m->nfrom);

	if (!m->has_mail_from)
		return;
	buf_init(&words, 4 * KiB);
	if (m->null_sender)
		buf_text(&words, "<>  nobody is to be told if it fails: a report");
	else
		buf_add(&words, m->mail_from);
	buf_text(&words, m->null_sender ? "" : same ? "  as in From" : m->nfrom > 0 && whole ? "  is not in From" : "");
	facts_line(s, look, "MAIL FROM", STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

/* Who is named only in the one is the news: a blind copy, a list; or somebody who was served in another transaction. */
static void
say_recipients(struct sheet *s, const struct facts_look *look, const struct rec_message *m, bool whole)
{
	struct few hidden = { .n = 0 }, elsewhere = { .n = 0 };

	buf_init(&hidden.words, 4 * KiB);
	buf_init(&elsewhere.words, 4 * KiB);
	for (size_t i = 0; i < m->nrecipient; i++)
		if (!whole || !is_named(m->recipient[i].address, m))
			few_add(&hidden, m->recipient[i].address);
	for (size_t i = 0; i < m->nto + m->ncc; i++) {
		slice address = i < m->nto ? m->to[i].address : m->cc[i - m->nto].address;

		if (address.n > 0 && !is_recipient(address, m))
			few_add(&elsewhere, address);
	}
	if (hidden.n == 0 && elsewhere.n == 0 && m->nrecipient > 0)
		facts_line(s, look, "RCPT TO", STYLE_PLAIN, S("those in To and Cc"));
	few_say(&hidden, s, look, "RCPT TO", whole ? "  not in To or Cc" : "");
	few_say(&elsewhere, s, look, "not here", "  in To or Cc, but no recipient of this transaction");
}

static void
blank_line(struct sheet *s, const struct facts_look *look)
{
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_end_line(s, 0, 0, look->width);
}

/* --- findings --- */

static bool
is_of_content(const struct rec_finding *f)
{
	const char *id = finding_info(f->finding)->id;

	return strncmp(id, "header.", 7) == 0 || strncmp(id, "mime.", 5) == 0 || strncmp(id, "name.", 5) == 0;
}

static bool
stands_in(const struct rec_finding *f, const struct content_field *field)
{
	return f->dir == DIR_CLIENT && f->offset >= field->offset && f->offset < field->offset + field->raw.n;
}

static void
say_finding(struct sheet *s, const struct facts_look *look, const struct rec_finding *f, int x)
{
	const struct finding_info *info = finding_info(f->finding);

	sheet_words(s, sheet_severity(info->severity), "! ");
	sheet_words(s, sheet_severity(info->severity), severity_name(info->severity));
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_words(s, STYLE_TITLE, info->id);
	sheet_words(s, STYLE_PLAIN, "  ");
	sheet_say(s, STYLE_PLAIN, f->detail.n > 0 ? f->detail : slice_of(info->seen));
	sheet_end_line(s, x, 2, look->width);
}

/* Those of the header that belong to no field: "Date is missing". */
static bool
say_other_findings(struct sheet *s, const struct facts_look *look, const struct rec_message *m, const struct content *c)
{
	size_t n = content_fields(c);
	bool any = false;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct rec_finding *f = &m->findings.v[i];
		bool placed = strncmp(finding_info(f->finding)->id, "header.", 7) != 0;

		for (size_t k = 0; k < n && !placed; k++) {
			struct content_field field = content_field_at(c, k);

			placed = stands_in(f, &field);
		}
		if (placed)
			continue;
		say_finding(s, look, f, 1);
		any = true;
	}
	return any;
}

static void
say_field_findings(struct sheet *s, const struct facts_look *look, const struct rec_message *m,
    const struct content_field *f, int x)
{
	for (size_t i = 0; i < m->findings.n; i++)
		if (is_of_content(&m->findings.v[i]) && stands_in(&m->findings.v[i], f))
			say_finding(s, look, &m->findings.v[i], x);
}

/* --- fields --- */

static int
name_columns(const struct content *c, int width)
{
	int most = width / 4 < NAME_MOST ? width / 4 : NAME_MOST, columns = NAME_LEAST;

	for (size_t i = 0; i < content_fields(c); i++) {
		int n = text_columns(content_field_at(c, i).name);

		if (n > columns && n <= most)
			columns = n;
	}
	return columns + 2;
}

static bool
is_for_people(slice name)
{
	static const char *const people[] = { "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date" };

	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
		if (slice_ieq(name, slice_of(people[i])))
			return true;
	return false;
}

/* What programs wrote for programs stands back. */
static enum style
value_style(slice name)
{
	static const char *const programs[] = { "Received", "DKIM-", "ARC-", "X-", "List-", "Content-", "MIME-", "Return-Path" };

	if (slice_ieq(name, S("Subject")))
		return STYLE_TITLE;
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (slice_istarts(name, slice_of(programs[i])))
			return STYLE_DIM;
	return STYLE_PLAIN;
}

/* Where it was folded a tab may stand: a blank, to who reads it. */
static void
add_plain(struct buf *out, slice value)
{
	for (size_t i = 0; i < value.n; i++)
		buf_add_byte(out, value.p[i] == '\t' || value.p[i] == '\r' || value.p[i] == '\n' ? ' ' : value.p[i]);
}

static void
say_value(struct sheet *s, const struct facts_look *look, enum style style, slice value)
{
	struct buf plain, changed;

	buf_init(&plain, value.n);
	buf_init(&changed, 2 * value.n + KiB);
	add_plain(&plain, value);
	if (!look->live_links)
		defang_text(&changed, buf_slice(&plain));
	sheet_say(s, style, look->live_links ? buf_slice(&plain) : buf_slice(&changed));
	buf_fini(&plain);
	buf_fini(&changed);
}

/* How long before it came here it was written, by its own clock. */
static void
say_age(struct sheet *s, const struct rec_message *m)
{
	nstime age = m->date_time != NSTIME_NONE && m->time != NSTIME_NONE ? m->time - m->date_time : 0;
	struct buf words;

	if (age > -NOW && age < NOW)
		return;
	buf_init(&words, 64);
	buf_text(&words, "  ");
	way_span(&words, age < 0 ? -age : age);
	buf_text(&words, age < 0 ? " in the future" : " old");
	sheet_say(s, age < 0 ? STYLE_LATER : STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

static void
say_field(struct sheet *s, const struct facts_look *look, const struct rec_message *m, const struct content_field *f, int columns)
{
	struct buf name;

	buf_init(&name, 2 * KiB);
	buf_add(&name, f->name);
	if (text_columns(f->name) < columns)
		buf_spaces(&name, (size_t)(columns - text_columns(f->name)));
	else
		buf_text(&name, "  ");
	sheet_say(s, STYLE_CLIENT, buf_slice(&name));
	say_value(s, look, value_style(f->name), f->decoded);
	if (slice_ieq(f->name, S("Date")))
		say_age(s, m);
	if (f->truncated)
		sheet_words(s, STYLE_LOST, " ⋯ cut by a limit");
	sheet_end_line(s, 1, columns, look->width);
	buf_fini(&name);
}

static void
say_gaps(struct sheet *s, const struct facts_look *look, const struct content *c)
{
	for (size_t i = 0; i < content_gaps(c); i++) {
		struct content_gap g = content_gap_at(c, i);
		struct buf words;

		buf_init(&words, 256);
		buf_text(&words, "⋯ ");
		words_count(&words, g.missing, "byte of the header", "bytes of the header");
		buf_text(&words, g.let_go ? " let go to make room ⋯" : " not captured ⋯");
		sheet_say(s, STYLE_LOST, buf_slice(&words));
		sheet_end_line(s, 1, 0, look->width);
		buf_fini(&words);
	}
}

/* Those that people wrote, or the others; a blank line behind the first if there are both. */
static void
say_fields(struct sheet *s, const struct facts_look *look, const struct rec_message *m, const struct content *c, bool people)
{
	int columns = name_columns(c, look->width);
	size_t n = 0;

	for (size_t i = 0; i < content_fields(c); i++) {
		struct content_field f = content_field_at(c, i);

		if (is_for_people(f.name) != people)
			continue;
		say_field(s, look, m, &f, columns);
		say_field_findings(s, look, m, &f, 1 + columns);
		n++;
	}
	if (people && n > 0 && n < content_fields(c))
		blank_line(s, look);
}

void
fields_fill(struct sheet *s, const struct facts_look *look, const struct rec_message *m, const struct content *c)
{
	say_sender(s, look, m, is_whole(m, c));
	say_recipients(s, look, m, is_whole(m, c));
	blank_line(s, look);
	if (say_other_findings(s, look, m, c))
		blank_line(s, look);
	say_gaps(s, look, c);
	say_fields(s, look, m, c, true);
	say_fields(s, look, m, c, false);
	if (content_fields(c) == 0 && content_over(c)) {
		sheet_words(s, STYLE_DIM, !m->has_content ? "No content was sent: there is only the envelope"
		    : is_whole(m, c) ? "There is no header field" : "Of the header no field was captured");
		sheet_end_line(s, 1, 0, look->width);
	}
}
