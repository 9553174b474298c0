/*
 * text_facts.h - what is known of a message and of its session, as a page for
 * the pane beside a transcript: who was accepted and who was not, how long
 * each step took, what the server offers.
 *
 * Read from the records when they changed, not with each drawing.
 */
#ifndef TEXT_FACTS_H
#define TEXT_FACTS_H

#include "tui/app.h"
#include "tui/widgets/sheet.h"

struct text_facts {
	struct sheet sheet;
	uint32_t message, session;	/* items that it tells of, and their versions */
	uint64_t message_version, session_version;
	int width;
};

void text_facts_init(struct text_facts *);
void text_facts_fini(struct text_facts *);
/* message: NO_ITEM for none. In the area from y on, as far as it has room. */
void text_facts_draw(struct text_facts *, struct app *, uint32_t message, struct area, int y);

#endif
