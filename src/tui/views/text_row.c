#include "text_row.h"

#include "base/limits.h"
#include "base/words.h"
#include "record/reply_words.h"
#include "tui/widgets/explain.h"

enum {
	PARTNERS = 2000,		/* rows that are looked at for the reply to a command */
	NEAR = 64			/* findings that may stand between one and the row that it speaks of */
};

struct row
text_row(const struct dossier *d, size_t place)
{
	return dossier_row(d, dossier_read(d, place));
}

bool
text_is_of_message(const struct row *row)
{
	return row->kind == ROW_MESSAGE || row->kind == ROW_DETAIL || row->kind == ROW_PART || row->kind == ROW_INSIDE
	    || row->kind == ROW_TEXT;
}

/* What is known of a row beside what it says: lines at the sheet's end. */
void
text_say_origin(struct sheet *sheet, const struct sheet_look *look, const struct row *row, int x, int right, bool with_time)
{
	char number[WORDS_NUMBER], text[NSTIME_TEXT];

	with_time &= look->when.format != TIME_NONE;
	if (with_time)
		sheet_words(sheet, STYLE_DIM, when_date(&look->when, row->time, text));
	if (row->packet > 0) {
		sheet_words(sheet, STYLE_DIM, with_time ? " · packet " : "packet ");
		sheet_words(sheet, STYLE_DIM, words_number(row->packet, number));
	}
	if (row->length > 0 && row->kind != ROW_NOTE) {
		sheet_words(sheet, STYLE_DIM, row->dir == DIR_CLIENT ? " · client's byte " : " · server's byte ");
		sheet_words(sheet, STYLE_DIM, words_number(row->offset, number));
		sheet_words(sheet, STYLE_DIM, " · length ");
		sheet_words(sheet, STYLE_DIM, words_number(row->length, number));
	}
	if (row->decrypted)
		sheet_words(sheet, STYLE_GOOD, " · decrypted");
	if (row->truncated)
		sheet_words(sheet, STYLE_LOST, " · cut by a limit");
	if (row->after_gap)
		sheet_words(sheet, STYLE_LOST, " · after a gap: guessed in part");
	sheet_end_line(sheet, x, 0, right);
}

/* Line ends are told where they are not what they should be (RFC 5321 2.3.8). */
static void
say_line_end(struct sheet *sheet, const struct row *row, int x, int right)
{
	if (row->kind != ROW_CLIENT || row->line_end == 2)
		return;
	sheet_words(sheet, STYLE_LATER, row->line_end == '\n' ? "The line ends in a bare LF" : row->line_end == '\r'
	    ? "The line ends in a bare CR" : "No line end was seen");
	sheet_end_line(sheet, x, 0, right);
}

/* Do they belong together: a command, or the end of a content, and the first line of its reply? */
static bool
are_pair(const struct row *a, const struct row *b)
{
	if (b->kind != ROW_SERVER || b->continued || b->serial == 0)
		return false;
	return (a->kind == ROW_CLIENT && a->serial == b->serial)
	    || (a->kind == ROW_MESSAGE && a->mail != 0 && a->mail == b->mail && b->serial > a->mail && b->time >= a->time);
}

/* The place of the row that answers this one, or that it answers. NO_ROW: none near. */
size_t
text_partner(const struct dossier *d, size_t place)
{
	struct row row = text_row(d, place), other;
	bool back = row.kind == ROW_SERVER;
	size_t n = dossier_rows(d);

	while (row.kind == ROW_SERVER && row.continued && place > 0)
		row = text_row(d, --place);
	if ((row.kind != ROW_CLIENT && row.kind != ROW_SERVER && row.kind != ROW_MESSAGE) || (row.kind != ROW_MESSAGE && row.serial == 0))
		return NO_ROW;
	for (size_t i = 0, at = place; i < PARTNERS; i++) {
		if (back ? at-- == 0 : ++at >= n)
			return NO_ROW;
		other = text_row(d, at);
		if (back ? are_pair(&other, &row) : are_pair(&row, &other))
			return at;
	}
	return NO_ROW;
}

/* What it answers, or what answered it and when. */
static void
say_partner(struct sheet *sheet, const struct sheet_look *look, const struct dossier *d, size_t place, int x, int right)
{
	size_t at = text_partner(d, place);
	struct row row;
	char text[NSTIME_TEXT];

	if (at == NO_ROW)
		return;
	row = text_row(d, at);
	if (row.kind != ROW_SERVER)
		sheet_words(sheet, STYLE_DIM, "answers ");
	else {
		sheet_words(sheet, STYLE_DIM, "answered");
		if (row.wait != NSTIME_NONE && look->when.format != TIME_NONE) {
			sheet_words(sheet, STYLE_DIM, " after ");
			sheet_words(sheet, STYLE_DIM, when_wait(row.wait, text));
		}
		sheet_words(sheet, STYLE_DIM, ": ");
	}
	sheet_row_text(sheet, &row);
	sheet_end_line(sheet, x, 2, right);
}

/* What a reply's numbers mean, whatever its words are. */
static void
say_meaning(struct sheet *sheet, const struct row *row, int x, int right)
{
	struct buf words;

	buf_init(&words, LIMIT_PROMPT);
	if (row->kind == ROW_SERVER && reply_words_say(&words, row->text)) {
		sheet_say(sheet, STYLE_INFO, buf_slice(&words));
		sheet_end_line(sheet, x, 0, right);
	}
	buf_fini(&words);
}

/* said: of a finding, what stands above already. */
void
text_say_details(struct sheet *sheet, const struct sheet_look *look, const struct dossier *d, size_t place, int x, int right, unsigned said)
{
	struct row at = text_row(d, place);
	const struct row *row = &at;

	if (row->kind == ROW_FINDING) {
		struct explained e = { row->finding, row->text, row->dir, row->offset, row->packet, look->live_links };

		explain_finding(sheet, &e, x, right, said);
		return;
	}
	say_meaning(sheet, row, x, right);
	say_partner(sheet, look, d, place, x, right);
	if (!(said & EXPLAINED_PLACE))
		text_say_origin(sheet, look, row, x, right, true);
	say_line_end(sheet, row, x, right);
}

/* The row that is read above that place and is no finding. False: there is none near. */
bool
text_row_above(const struct dossier *d, size_t place, struct row *above_r)
{
	for (size_t last = place > NEAR ? place - NEAR : 0; place-- > last; ) {
		*above_r = text_row(d, place);
		if (above_r->kind != ROW_FINDING)
			return true;
	}
	return false;
}
