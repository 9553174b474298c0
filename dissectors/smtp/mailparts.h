/*
 * mailparts.h - from the walk through a message (dissectors/mime/mime.h) to
 * events of its transaction.
 */
#ifndef SMTP_MAILPARTS_H
#define SMTP_MAILPARTS_H

#include "dissectors/mime/mime.h"

struct mail;
struct reading;

/* Must stand still while the walk is in use: it is what the walk calls back. */
struct mailparts {
	struct reading *rd;
	struct mail *mail;
	struct mime *mime;		/* NULL: nobody wants to know */
};

void mailparts_init(struct mailparts *, struct reading *, struct mail *, uint64_t offset);	/* where its content begins */
void mailparts_fini(struct mailparts *);

#endif
