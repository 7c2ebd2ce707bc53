# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for what the provider's acceptance tests ask of IBM Cloud beside IAM: resource groups
(Resource Manager), instances made and deleted (Resource Controller, of which the sandbox serves what is
read), plans (Global Catalog), tags (Global Search). As a proxy they refuse, and note, whatever is meant
for another host."""
import http.server
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

ACCOUNT = "a1234567a1234567a1234567a1234567"
DEFAULT_GROUP = "0be5ad401ae913d8ff665d92680664ed"
# The offerings that the tests make instances of: their plan and where it is deployed. The ids of the
# catalogue are made of these names.
PLANS = {"cloud-object-storage": ("lite", "global"), "kms": ("tiered-pricing", "us-south")}


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


def not_found(what):
    return Refused(404, {"message": f"Can not find {what}.", "status_code": 404})


def offering(service):
    return {"id": service, "name": service, "kind": "service", "active": True, "children": [],
            "metadata": {"service": {"rc_provisionable": True, "iam_compatible": True}}}


def plan(service):
    return {"id": f"{service}.{PLANS[service][0]}", "name": PLANS[service][0], "kind": "plan"}


def deployment(service):
    location = PLANS[service][1]
    return {"id": f"{plan(service)['id']}.{location}", "name": location, "kind": "deployment",
            "catalog_crn": f"crn:v1:bluemix:public:globalcatalog::::deployment:{plan(service)['id']}:{location}",
            "metadata": {"rc_compatible": True, "deployment": {"location": location}}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    # ── Global Catalog and Global Search ──
    def find_offerings(self, query, _):
        return 200, {"resources": [offering(service) for service in PLANS if query.get("q") == service]}

    def read_catalog(self, entry):
        service, _, named = entry.partition(".")
        if service not in PLANS or named not in ("", PLANS[service][0]):
            raise not_found(entry)
        return service, plan(service) if named else offering(service)

    def get_entry(self, _, __, entry):
        return 200, self.read_catalog(entry)[1]

    def list_plans(self, _, __, entry):
        return 200, {"resources": [plan(self.read_catalog(entry)[0])]}

    def list_deployments(self, _, __, entry):
        return 200, {"resources": [deployment(self.read_catalog(entry)[0])]}

    def search(self, _, __):
        return 200, {"items": [], "limit": 10}

    # ── Resource Manager ──
    def group(self, identity):
        if identity not in self.server.groups:
            raise not_found(f"the resource group {identity}")
        return {"id": identity, "name": self.server.groups[identity], "account_id": ACCOUNT, "state": "ACTIVE",
                "default": identity == DEFAULT_GROUP,
                "crn": f"crn:v1:bluemix:public:resource-controller::a/{ACCOUNT}::resource-group:{identity}"}

    def list_groups(self, query, _):
        shown = [DEFAULT_GROUP] if query.get("default") == "true" else list(self.server.groups)
        return 200, {"resources": [self.group(identity) for identity in shown]}

    def make_group(self, _, body):
        identity = uuid.uuid4().hex
        self.server.groups[identity] = body["name"]
        return 201, {name: self.group(identity)[name] for name in ("id", "crn")}

    def get_group(self, _, __, identity):
        return 200, self.group(identity)

    def delete_group(self, _, __, identity):
        self.group(identity)
        del self.server.groups[identity]
        return 204, None

    # ── Resource Controller ──
    def make_instance(self, _, body):
        service = body["resource_plan_id"].partition(".")[0]
        made = {"name": body["name"], "service": service, "account": ACCOUNT, "guid": str(uuid.uuid4()),
                "region": PLANS[service][1], "resource_group_id": body["resource_group"]}
        self.ask_sandbox("POST", "/sandbox/v1/instances", made)
        self.server.instances[made["guid"]] = made
        return 201, self.get_instance(None, None, made["guid"])[1]

    def get_instance(self, _, __, identity):
        """As the sandbox has it, with what it does not know: the offering, the plan, how it was made."""
        shown = self.ask_sandbox("GET", "/v2/resource_instances/" + urllib.parse.quote(identity, safe=""))
        service = self.server.instances[shown["guid"]]["service"]
        made = {"type": "create", "state": "succeeded", "async": False, "cancelable": False, "poll": False,
                "description": "Completed create instance operation"}
        return 200, {**shown, "resource_id": service, "resource_plan_id": plan(service)["id"], "last_operation": made,
                     "plan_history": [{"resource_plan_id": plan(service)["id"], "start_date": "2026-01-15T09:30:00.000Z"}]}

    def delete_instance(self, query, body, identity):
        guid = self.get_instance(query, body, identity)[1]["guid"]
        self.ask_sandbox("POST", "/sandbox/v1/instances", {**self.server.instances[guid], "state": "removed"})
        return 204, None

    def ask_sandbox(self, method, path, body=None):
        request = urllib.request.Request(self.server.sandbox + path, json.dumps(body).encode() if body else None,
                                         {"Authorization": self.headers.get("Authorization", "")}, method=method)
        try:
            with self.server.direct.open(request) as reply:
                return json.loads(reply.read() or "null")
        except urllib.error.HTTPError as refused:
            raise Refused(refused.code, json.loads(refused.read())) from None

    # ── HTTP ──
    ROUTES = [(method, re.compile(path), answer) for method, path, answer in (
        ("GET", r"/api/v1/", find_offerings),
        ("GET", r"/api/v1/([^/]+)", get_entry),
        ("GET", r"/api/v1/([^/]+)/plan", list_plans),
        ("GET", r"/api/v1/([^/]+)/deployment", list_deployments),
        ("POST", r"/v3/resources/search", search),
        ("GET", r"/v2/resource_groups", list_groups),
        ("POST", r"/v2/resource_groups", make_group),
        ("GET", r"/v2/resource_groups/([^/]+)", get_group),
        ("DELETE", r"/v2/resource_groups/([^/]+)", delete_group),
        ("POST", r"/v2/resource_instances", make_instance),
        ("GET", r"/v2/resource_instances/([^/]+)", get_instance),
        ("DELETE", r"/v2/resource_instances/([^/]+)", delete_instance),
    )]

    def serve(self):
        path, _, query = self.path.partition("?")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for method, pattern, answer in self.ROUTES:
            if method == self.command and (found := pattern.fullmatch(path)):
                named = [urllib.parse.unquote(each) for each in found.groups()]
                try:
                    self.reply(*answer(self, dict(urllib.parse.parse_qsl(query)), json.loads(sent or "null"), *named))
                except Refused as refused:
                    self.reply(refused.status, refused.body)
                return
        self.refuse_stranger()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = serve

    def refuse_stranger(self):
        self.server.strangers.add(f"{self.command} {self.path.partition('?')[0]}")
        self.close_connection = True
        self.reply(404, {"message": "This is served neither by the sandbox nor by a stand-in."})

    do_CONNECT = refuse_stranger

    def reply(self, status, body):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if content:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Standins(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, sandbox):
        super().__init__(("127.0.0.1", 0), Handler)
        self.sandbox = sandbox
        self.direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.groups, self.instances = {DEFAULT_GROUP: "Default"}, {}
        self.strangers = set()  # what nobody here serves, as "METHOD target"
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
