/*
 * step.h - J and K in views of one message: where the list has sessions, the
 * next one is the session's next message, if it has another.
 */
#ifndef STEP_H
#define STEP_H

#include "tui/app.h"

/* False: there is none in this session; the list knows what comes next. */
bool step_message(struct app *, bool backwards);

#endif
