#include "list_judge.h"

bool
judge_reads(const struct judge *j)
{
	return j->filter != NULL;
}

void
judge_begin(struct judge *j, const struct model *model, uint32_t item)
{
	const struct item *is = model_item(model, item);

	j->next = is != NULL && is->kind == ITEM_SESSION ? is->next : NO_ITEM;
}

static bool
ask(struct judge *j, const struct model *model, uint32_t item)
{
	struct unit unit;

	if (!model_read(model, item, j->desk, &unit)) {
		j->unread++;
		return false;
	}
	return filter_ask(j->filter, &unit) == TRUTH_YES;
}

/* As everywhere (sink/gate.h): a session matches if one of its messages does, or, when it had none, if it does itself. */
enum verdict
judge_step(struct judge *j, const struct model *model, uint32_t item)
{
	const struct item *is = model_item(model, item);
	uint32_t asked = j->next != NO_ITEM ? j->next : item;

	if (is == NULL || (j->only_trouble && !is->trouble))
		return VERDICT_NO;
	if (j->filter == NULL || ask(j, model, asked))
		return VERDICT_YES;
	if (asked == item || (is = model_item(model, asked)) == NULL || is->next == NO_ITEM)
		return VERDICT_NO;
	j->next = is->next;
	return VERDICT_LATER;
}
