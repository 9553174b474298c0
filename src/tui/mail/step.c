#include "step.h"

static uint32_t
message_before(const struct model *model, uint32_t item)
{
	const struct item *message = model_item(model, item), *session = message ? model_item(model, message->session) : NULL;
	uint32_t at = session != NULL ? session->next : NO_ITEM;

	while (at != NO_ITEM && model_item(model, at) != NULL && model_item(model, at)->next != item)
		at = model_item(model, at)->next;
	return at != NO_ITEM && model_item(model, at) != NULL ? at : NO_ITEM;
}

bool
step_message(struct app *app, bool backwards)
{
	const struct model *model = app_model(app);
	const struct item *now = app_message(app) != NO_ITEM ? model_item(model, app_message(app)) : NULL;
	uint32_t to;

	if (now == NULL || list_kind_of(app_list(app)) != LIST_SESSIONS)
		return false;
	to = backwards ? message_before(model, app_message(app)) : now->next;
	if (to == NO_ITEM || model_item(model, to) == NULL)
		return false;
	app_choose(app, to);
	return true;
}
