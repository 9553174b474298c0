#include "explain.h"

#include "base/words.h"

enum { HANGING = 2 };

static void
say_name(struct sheet *s, const struct explained *e, int x, int right)
{
	const struct finding_info *info = finding_info(e->finding);

	sheet_words(s, sheet_severity(info->severity), severity_name(info->severity));
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_words(s, STYLE_TITLE, info->id);
	sheet_end_line(s, x, HANGING, right);
	if (e->detail.n > 0) {
		sheet_say(s, STYLE_PLAIN, e->detail);
		sheet_end_line(s, x, 0, right);
	}
}

static void
say_evidence(struct sheet *s, const struct explained *e, int x, int right)
{
	char number[WORDS_NUMBER];

	if (e->packet == 0)
		return;
	sheet_words(s, STYLE_DIM, "Packet ");
	sheet_words(s, STYLE_DIM, words_number(e->packet, number));
	sheet_words(s, STYLE_DIM, e->dir == DIR_CLIENT ? ", client's byte " : ", server's byte ");
	sheet_words(s, STYLE_DIM, words_number(e->offset, number));
	sheet_end_line(s, x, HANGING, right);
}

void
explain_finding(struct sheet *s, const struct explained *e, int x, int right, bool with_name)
{
	const struct finding_info *info = finding_info(e->finding);

	if (with_name)
		say_name(s, e, x, right);
	if (e->detail.n > 0 && !slice_eq(e->detail, slice_of(info->seen))) {
		sheet_words(s, STYLE_PLAIN, info->seen);
		if (info->reference[0] != '\0') {
			sheet_words(s, STYLE_DIM, " (");
			sheet_words(s, STYLE_DIM, info->reference);
			sheet_words(s, STYLE_DIM, ")");
		}
		sheet_end_line(s, x, 0, right);
	} else if (info->reference[0] != '\0') {
		sheet_words(s, STYLE_DIM, info->reference);
		sheet_end_line(s, x, 0, right);
	}
	if (info->todo[0] != '\0') {
		sheet_words(s, STYLE_GOOD, "→ ");
		sheet_words(s, STYLE_PLAIN, info->todo);
		sheet_end_line(s, x, HANGING, right);
	}
	say_evidence(s, e, x, right);
}
