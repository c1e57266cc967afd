"""The engine of ClickHouse (chdb, in process) behind as much of its HTTP interface as the Node client uses: queries, inserts with
inline data, settings as parameters. One request at a time; no TLS, no compression. Every user is trusted without a password, except
`ann`."""
import base64
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb import session

port, directory = int(sys.argv[1]), sys.argv[2]
engine = session.Session(directory)
lock = threading.Lock()
PASSWORDS = {'ann': 'correct horse battery'}
NOT_SETTINGS = {'query', 'query_id', 'session_id', 'database', 'default_format', 'role'}
# Settings of the HTTP interface itself.
IGNORED = {
    'enable_http_compression',
    'wait_end_of_query',
    'cancel_http_readonly_queries_on_client_close',
    'http_headers_progress_interval_ms',
    'send_progress_in_http_headers',
}


# The state of the session. Settings of an insert stay until the next insert: they mean nothing to other statements.
applied = {}
used = None


def apply(database, settings, is_insert):
    global used
    if database != used:
        engine.query('USE `%s`' % database)
        used = database
    changes = ["%s = '%s'" % (key, value.replace("'", "\\'")) for key, value in settings.items() if applied.get(key) != value]
    if is_insert:
        changes += ['%s = DEFAULT' % key for key in applied.keys() - settings.keys()]
        applied.clear()
    applied.update(settings)
    if changes:
        engine.query('SET ' + ', '.join(changes))


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    # Header and body go together: with two packets each answer would wait for an acknowledgement of the first.
    wbufsize = 65_536

    def body(self):
        if self.headers.get('Transfer-Encoding', '').lower() != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        data = b''
        while True:
            line = self.rfile.readline()
            if line == b'':
                # A client that is gone in the middle of a request has sent nothing.
                raise ConnectionResetError
            size = int(line.split(b';')[0], 16)
            data += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return data

    def is_denied(self):
        user, password = self.headers.get('X-ClickHouse-User'), self.headers.get('X-ClickHouse-Key')
        scheme, _, credentials = self.headers.get('Authorization', '').partition(' ')
        if scheme == 'Basic':
            user, _, password = base64.b64decode(credentials).decode().partition(':')
        return user in PASSWORDS and PASSWORDS[user] != password

    def answer(self, status, data, headers=()):
        self.send_response(status)
        for name, value in (('Content-Type', 'text/plain; charset=UTF-8'), ('Content-Length', str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def fail(self, status, text):
        code = re.search(r'Code: (\d+)', text)
        self.answer(status, text.encode(), (('X-ClickHouse-Exception-Code', code.group(1) if code else '1'),))

    def handle_query(self):
        url = urlsplit(self.path)
        body = self.body()
        if self.is_denied():
            return self.fail(403, 'Code: 516. DB::Exception: ann: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)')
        if url.path == '/ping':
            return self.answer(200, b'Ok.\n')
        parameters = {key: values[-1] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
        query = (parameters.get('query', '') + ('\n' if 'query' in parameters else '')).encode() + body
        settings = {key: value for key, value in parameters.items() if key not in NOT_SETTINGS | IGNORED}
        with lock:
            try:
                apply(parameters.get('database', 'default'), settings, query.lstrip()[:6].upper() == b'INSERT')
                result = engine.query(query.decode('utf-8'), parameters.get('default_format', 'TabSeparated'))
                done = bytes(result.bytes() or b'')
            except Exception as error:
                return self.fail(500, str(error))
        self.answer(200, done, (('X-ClickHouse-Query-Id', parameters.get('query_id', '')),))

    do_GET = do_POST = handle_query

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, ValueError):
            pass

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


Server(('127.0.0.1', port), Handler).serve_forever()
