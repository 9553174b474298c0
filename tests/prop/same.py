"""What must be the same when the same conversation is captured otherwise: law 3, written down."""
import hashlib, json, os, re

KINDS = ('txt', 'json', 'events')
ARGUMENTS = ('-t', 'n', '--json-max', '64MiB')

# name, law, how the talk tool twists the capture, more arguments for the program
PROPERTIES = (
	('cut-1', 'cut', ('--cut', '1'), ()),
	('cut-2', 'cut', ('--cut', '2'), ()),
	('cut-3', 'cut', ('--cut', '3'), ()),
	('cut-random', 'cut', ('--cut', 'random:1'), ()),
	('shuffle-1', 'shuffle', ('--shuffle', '1'), ()),
	('shuffle-2', 'shuffle', ('--shuffle', '2'), ()),
	('duplicate', 'duplicate', ('--duplicate', '1'), ()),
	('budget', 'budget', (), ('--mem', '1MiB')),
)

# Packet numbers and times, and what is counted in packets.
APART = {'time', 'end', 'duration', 'timing', 'wait', 'packet', 'packets', 'first', 'last', 'first_packet', 'last_packet',
    'handshake', 'retransmitted', 'out_of_order', 'memory', 'memory_peak', 'segments', 'tcp_segments', 'uid', 'session_uid',
    'captured_first'}
# Findings that speak of the order in the capture itself.
ORDER = {'smtp.reply-before-command'}


def without(value):
	if isinstance(value, dict):
		return {key: without(v) for key, v in value.items() if key not in APART and not (key == 'severity' and 'findings' in value)}
	if isinstance(value, list):
		return [without(v) for v in value if not (isinstance(v, str) and v in ORDER) and not (isinstance(v, dict) and v.get('id') in ORDER)]
	return value


def line(record):
	"""One record as text; how long something took is a time too, in words."""
	return re.sub(r'\d+\.\d+ s\b', '… s', json.dumps(record, ensure_ascii=False, sort_keys=True)) + '\n'


def flat(value, path):
	"""A record as lines, one for each value, so that a difference can be seen."""
	inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
	if inner is None:
		return line({path: value})
	return ''.join(flat(v, '%s.%s' % (path, k)) for k, v in sorted(inner)) or line({path: value})


def records(text):
	"""Records as they came, without the statistics of packets; findings of one record in any order."""
	out = []
	for raw in text.decode('utf-8').splitlines():
		record = without(json.loads(raw))
		for key in ('findings', 'finding_ids'):
			record.get(key, []).sort(key=line)
		if record.get('type') != 'stats':
			out.append(flat(record, record['type']))
	return out


def events(text, by_direction):
	"""Events in order; pieces of content joined; findings apart, because a piece more may tell one earlier."""
	out, findings, bytes_of = [], [], {}
	for raw in text.decode('utf-8').splitlines():
		event = without(json.loads(raw))
		kind = event.get('type')
		if kind == 'packet' or event.get('id') in ORDER:
			continue
		if kind == 'mail-bytes':
			key = (event.get('session'), event.get('mail'), event.get('dir'), event.get('in_header'))
			bytes_of[key] = bytes_of.get(key, 0) + event.get('length', 0)
			continue
		(findings if kind == 'finding' else out).append(event)
	if by_direction:
		out.sort(key=lambda event: (event.get('session', 0), event.get('dir', '')))
	return [line(e) for e in out] + sorted(line(e) for e in findings) + ['%s %d\n' % item for item in sorted(bytes_of.items(), key=str)]


def transcript(text):
	"""Without the packet numbers that -v shows."""
	return re.sub(rb' \(packet \d+\)', b'', re.sub(rb'(?m)^ *\d+(?=  [SC\xc2] ?)', b'', text))


def essence(said, law):
	"""By kind of output, what the law says must be equal."""
	shuffled = law == 'shuffle'
	essence = {
		'exit': said['exit'],
		'json': ''.join(sorted(records(said['json'])) if shuffled else records(said['json'])).encode(),
		'events': ''.join(events(said['events'], shuffled)).encode(),
	}
	if law in ('cut', 'budget'):
		essence['txt'] = transcript(said['txt'])
	return essence


def check_files(text, folder, fail):
	"""Each message with content is a file, named in the manifest; a whole one has the bytes of its SHA-256."""
	messages = [record for record in map(json.loads, text.decode().splitlines()) if record['type'] == 'message' and 'size' in record]
	names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
	files = [name for name in names if name.endswith('.eml')]
	digests = {}
	for name in files:
		with open(os.path.join(folder, name), 'rb') as f:
			content = f.read()
		digests.setdefault(name.endswith('.partial.eml'), []).append((len(content), hashlib.sha256(content).hexdigest()))
	for message in messages:
		if message['whole'] and (message['size'], message.get('sha256')) not in digests.get(False, []):
			raise fail('no file has the %d bytes and SHA-256 of message %s' % (message['size'], message['uid']))
		if not message['whole'] and 'sha256' in message:
			raise fail('a message that is not whole has a SHA-256: ' + message['uid'])
	if messages and 'manifest.jsonl' not in names:
		raise fail('no manifest.jsonl among ' + ' '.join(names))
