"""What tests of live capture share: the program as it runs, mail that is sent and received meanwhile, and a look at files."""
import fcntl, functools, glob, hashlib, json, os, re, shutil, signal, socket, struct, subprocess, sys, tempfile, termios, threading, time
import netns

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build/plain'))
TAP = os.path.join(BUILD, 'smtptap')
PORT = 2525
PATIENCE = 30					# seconds for what happens at once, on a machine that is busy
TOLD = 1500					# characters of what went wrong
POSTFIX = os.path.join(TOP, 'build/postfix')	# .ci/smtp-tools
ENV = {'PATH': os.environ['PATH'], 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1', 'TERM': 'dumb',
    'HOME': '/nonexistent'}


@functools.cache
def said():
	"""Where what the program says goes; made when it is needed first, and removed at the end."""
	return tempfile.TemporaryDirectory(prefix='smtptap-said.')


class Wrong(Exception):
	pass


def check(condition, what):
	if not condition:
		raise Wrong(what)


def same(got, want, what):
	check(got == want, '%s: %r, not %r' % (what, got, want))


def wait(until, what, seconds=PATIENCE, step=0.005):
	"""Until it is true; what until() said then."""
	end = time.monotonic() + seconds
	while True:
		said = until()
		if said:
			return said
		if time.monotonic() > end:
			raise Wrong('not after %g s: %s' % (seconds, what() if callable(what) else what))
		time.sleep(step)


def text(path):
	"""What is not there yet holds nothing."""
	try:
		with open(path, encoding='utf-8', errors='surrogateescape', newline='') as f:
			return f.read()
	except (FileNotFoundError, ProcessLookupError):
		return ''


# --- the program ---

class Tap:
	"""The program, running in a folder; what it says goes to files of its own elsewhere."""
	def __init__(self, *args, folder, stdin=subprocess.DEVNULL, stdout=None, before=(), program=TAP, env={}, ready=None):
		self.folder, where = folder, tempfile.mkdtemp(dir=said().name)
		self.out, self.err = os.path.join(where, 'out'), os.path.join(where, 'err')
		with open(self.out, 'wb') as out, open(self.err, 'wb') as err:
			self.process = subprocess.Popen([*before, program, *map(str, args)], cwd=folder, stdin=stdin, stdout=stdout or out, stderr=err,
			    env={**ENV, **env})
		if ready is None:
			ready = 'listening on' if '-i' in args else ''
		if ready:
			self.wait_said(ready)

	@property
	def pid(self):
		return self.process.pid

	def errors(self):
		return text(self.err)

	def wait_said(self, words, seconds=PATIENCE):
		wait(lambda: words in self.errors() or self.process.poll() is not None, lambda: 'no %r on stderr: %s' % (words, self.errors()), seconds)
		check(words in self.errors(), 'ended with %s, and never said %r: %s' % (self.process.returncode, words, self.errors()))

	def records(self, name=None):
		return records(os.path.join(self.folder, name) if name else self.out)

	def end(self, seconds=PATIENCE):
		"""Its exit status."""
		try:
			return self.process.wait(seconds)
		except subprocess.TimeoutExpired:
			self.process.kill()
			self.process.wait()
			raise Wrong('no end after %d s: %s' % (seconds, self.errors()))

	def stop(self, number=signal.SIGINT):
		self.process.send_signal(number)
		return self.end()


def settled(tap, name, sent):
	"""Waits until so many messages are told, or nothing more is (some may have been dropped)."""
	path, size, since = os.path.join(tap.folder, name), -1, time.monotonic()
	while text(path).count('"type":"message"') < sent and time.monotonic() < since + 2:
		if len(text(path)) != size:
			size, since = len(text(path)), time.monotonic()
		time.sleep(0.05)


def run(*args, folder, status=0, **more):
	"""To its end, which must be this (None: any). What it said on stdout, on stderr."""
	tap = Tap(*args, folder=folder, **more)
	ended = tap.end()
	check(status is None or ended == status, 'exit status: %d, not %s (%s)' % (ended, status, tap.errors().strip()))
	return text(tap.out), tap.errors()


def records(path, kind=None):
	"""Of JSON lines: each one whole."""
	lines = text(path).encode('utf-8', 'surrogateescape')
	check(not lines or lines.endswith(b'\n'), '%s ends amid a line: …%r' % (path, lines[-60:]))
	found = [json.loads(line) for line in lines.splitlines()]
	return [r for r in found if kind is None or r['type'] == kind]


def messages(path):
	return records(path, 'message')


def messages_of(folder, names):
	"""Of all files with such names, in their order."""
	return [m for path in sorted(glob.glob(os.path.join(folder, names))) for m in messages(path)]


# --- mail ---

def postfix(tool):
	"""smtp-source or smtp-sink: installed, or as .ci/smtp-tools unpacked it. Its path, and what it needs in the environment."""
	installed = shutil.which(tool)
	unpacked = os.path.join(POSTFIX, 'usr/sbin', tool)
	if installed:
		return installed, {}
	if os.access(unpacked, os.X_OK):
		return unpacked, {'LD_LIBRARY_PATH': os.path.join(POSTFIX, 'usr/lib/postfix')}
	netns.skip('no %s (Debian has it in the package postfix; .ci/smtp-tools)' % tool)


def listens(port, run=subprocess.run):
	"""Without connecting: that would be a session."""
	seen = run(['cat', '/proc/net/tcp', '/proc/net/tcp6'], capture_output=True).stdout.decode()
	return any(line[1].endswith(':%04X' % port) and line[3] == '0A' for line in map(str.split, seen.splitlines()))


class Sink:
	"""smtp-sink, in this network or another one."""
	def __init__(self, *options, host='127.0.0.1', port=PORT, other=None, folder=None):
		program, env = postfix('smtp-sink')
		words = [program, '-u', 'nobody', *options, '%s:%d' % ('[%s]' % host if ':' in host else host, port), '1000']
		popen = other.popen if other else subprocess.Popen
		self.process = popen(words, env={**ENV, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)
		wait(lambda: listens(port, other.run if other else subprocess.run) or self.process.poll() is not None, 'smtp-sink listens', step=0.02)
		check(self.process.poll() is None, 'smtp-sink ended: %r' % (self.process.returncode,))

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.process.kill()
		self.process.wait()


class Client:
	"""A session by hand, at one's own pace."""
	def __init__(self, host='127.0.0.1', port=PORT):
		self.socket = socket.create_connection((host, port), PATIENCE)
		self.replies = self.socket.makefile('rb')
		self.reply()
		self.say(b'EHLO client.example')

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.replies.close()
		self.socket.close()

	def reply(self):
		while True:
			line = self.replies.readline()
			if line[3:4] != b'-':
				return line

	def send(self, content):
		self.socket.sendall(content)

	def acknowledged(self):
		"""Waits until the other side's system has all that was sent (TIOCOUTQ, tcp(7))."""
		wait(lambda: struct.unpack('i', fcntl.ioctl(self.socket, termios.TIOCOUTQ, b'....'))[0] == 0, 'what was sent is acknowledged')

	def say(self, line):
		self.send(line + b'\r\n')
		return self.reply()

	def open_message(self, content=b''):
		"""All but its end."""
		self.say(b'MAIL FROM:<from@example.org>')
		self.say(b'RCPT TO:<to@example.net>')
		self.say(b'DATA')
		self.send(content)

	def message(self, content):
		"""Lines end in CRLF, and none begins with a dot."""
		self.open_message(content + b'.')
		return self.say(b'')

	def quit(self):
		self.say(b'QUIT')
		self.__exit__()


def source(count, *options, host='127.0.0.1', port=PORT, sessions=1, size=1000, recipients=1, other=None, wait=True):
	"""smtp-source: `count` messages. With wait=False the process that sends them."""
	program, env = postfix('smtp-source')
	words = [program, '-m', str(count), '-s', str(sessions), '-l', str(size), '-r', str(recipients), '-f', 'from@example.org', '-t', 'to@example.net',
	    *options, '%s:%d' % ('[%s]' % host if ':' in host else host, port)]
	popen = other.popen if other else subprocess.Popen
	process = popen(words, env={**ENV, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
	if not wait:
		return process
	said = process.communicate()[1].decode()
	check(process.returncode == 0, 'smtp-source: %s' % said)
	return count


class Server(threading.Thread):
	"""Takes mail by DATA and by BDAT (RFC 3030), several sessions at a time, and keeps the SHA-256 of each message."""
	def __init__(self, host='127.0.0.1', port=PORT):
		super().__init__(daemon=True)
		self.socket = socket.create_server((host, port), family=socket.AF_INET6 if ':' in host else socket.AF_INET, backlog=1000)
		self.digests = []
		self.start()

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.socket.close()

	def run(self):
		while True:
			try:
				connection, _ = self.socket.accept()
			except OSError:
				return
			threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

	def serve(self, connection):
		with connection, connection.makefile('rwb') as stream:
			def reply(line):
				stream.write(line + b'\r\n')
				stream.flush()
			reply(b'220 mx.example ESMTP')
			content = b''
			for line in stream:
				verb = line.split()[0].upper() if line.split() else b''
				if verb == b'DATA':
					reply(b'354 go')
					content = b''.join(line.removeprefix(b'.') for line in iter(stream.readline, b'.\r\n'))
				elif verb == b'BDAT':
					content += stream.read(int(line.split()[1]))
				if verb == b'DATA' or verb == b'BDAT' and b'LAST' in line:
					self.digests.append(hashlib.sha256(content).hexdigest())
					content = b''
				if verb == b'QUIT':
					reply(b'221 bye')
					return
				reply(b'250-mx.example\r\n250 CHUNKING' if verb == b'EHLO' else b'250 ok')


# --- packets that somebody else has sent ---

def talk(lines, folder, name='talk'):
	"""A talk (tests/README.md) as a capture; its path."""
	path = os.path.join(folder, name)
	with open(path + '.talk', 'w') as f:
		f.write('\n'.join(lines) + '\n')
	subprocess.run([os.path.join(BUILD, 'tools/talk'), path + '.talk', '-o', path + '.pcap'], check=True)
	return path + '.pcap'


def play(path, interface):
	"""The packets of a capture leave by an interface, as quickly as they can."""
	with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
		s.bind((interface, 0))
		for _, packet in packets(path):
			s.send(packet)


# --- files ---

def packets(path):
	"""(time in ns, bytes) of each packet of a pcap or pcapng file; that it ends amid one is wrong."""
	all_of_it = content(path)
	return list(pcapng_packets(all_of_it, path) if all_of_it[:4] == b'\x0a\x0d\x0d\x0a' else pcap_packets(all_of_it, path))


def pcap_packets(content, path):
	check(len(content) >= 24, '%s: no header' % path)
	magic = struct.unpack('<I', content[:4])[0]
	check(magic in (0xa1b2c3d4, 0xa1b23c4d), '%s: magic number %08x' % (path, magic))
	unit, at = (1000 if magic == 0xa1b2c3d4 else 1), 24
	while at < len(content):
		check(at + 16 <= len(content), '%s ends amid a header' % path)
		seconds, part, n, _ = struct.unpack_from('<IIII', content, at)
		check(at + 16 + n <= len(content), '%s ends amid a packet' % path)
		yield seconds * 10**9 + part * unit, content[at + 16:at + 16 + n]
		at += 16 + n


def pcapng_packets(content, path):
	at = 0
	while at < len(content):
		check(at + 12 <= len(content), '%s ends amid a block' % path)
		kind, n = struct.unpack_from('<II', content, at)
		check(n >= 12 and at + n <= len(content), '%s ends amid a block' % path)
		same(struct.unpack_from('<I', content, at + n - 4)[0], n, '%s: length behind the block' % path)
		if kind == 6:
			_, high, low, taken, _ = struct.unpack_from('<IIIII', content, at + 8)
			yield high << 32 | low, content[at + 28:at + 28 + taken]
		at += n


def content(path):
	with open(path, 'rb') as f:
		return f.read()


def digest(path, without=None):
	return hashlib.sha256(re.sub(without, b'', content(path)) if without else content(path)).hexdigest()


def has_ended(pid):
	"""Also if nobody asks for its exit status."""
	return text('/proc/%d/stat' % pid).rpartition(') ')[2][:1] in ('', 'Z', 'X')


def named(name):
	"""Processes of that name, by number."""
	return [int(path.split('/')[2]) for path in glob.glob('/proc/[0-9]*/comm') if text(path).rstrip('\n') == name]


def processes(parent):
	"""All that descend from it, by number."""
	found, stack = [], [parent]
	while stack:
		pid = stack.pop()
		for path in glob.glob('/proc/%d/task/*/children' % pid):
			try:
				children = [int(word) for word in text(path).split()]
			except OSError:
				continue
			found += children
			stack += children
	return found


# --- the frame of a test ---

def built(*options):
	"""Skips unless the program is there and knows these options."""
	if not os.path.exists(TAP):
		netns.skip('no program')
	told = subprocess.run([TAP, '-h'], capture_output=True).stdout.decode()
	for option in options:
		if option not in told:
			netns.skip('this build has no ' + option)


def main(*scenarios):
	"""Each in a folder of its own that everybody may enter; what went wrong in one does not keep the others from running."""
	failed = 0
	wanted = sys.argv[1:]
	for scenario in scenarios:
		if wanted and scenario.__name__ not in wanted:
			continue
		with tempfile.TemporaryDirectory(prefix='smtptap-live.') as top:
			folder = os.path.join(top, 'here')
			os.mkdir(folder)
			os.chmod(top, 0o755)
			try:
				scenario(folder)
			except (Wrong, subprocess.SubprocessError, OSError, LookupError) as wrong:
				failed += 1
				print('%s: %s' % (scenario.__name__, (str(wrong) if isinstance(wrong, Wrong) else repr(wrong))[:TOLD]), flush=True)
	sys.exit(1 if failed else 0)
