"""redis-py over RESP: ends with 0 when everything is as it must be."""

import os
import time

import redis

port = int(os.environ["DUET_PORT"])
client = redis.Redis(port=port, decode_responses=True)


def strings():
    assert client.set("s", "v") is True
    assert client.get("s") == "v"
    assert client.get("nosuch") is None
    assert client.set("s", "w", nx=True) is None
    assert client.set("s", "w", xx=True, ex=100) is True
    assert client.set("s", "x", get=True) == "w"
    assert client.getex("s", px=50000) == "x"
    assert client.setnx("s", "y") is False
    assert client.setex("e", 10, "v") is True
    assert client.append("s", "yz") == 3
    assert client.strlen("s") == 3
    assert client.getset("s", "q") == "xyz"
    assert client.getdel("s") == "q"
    assert client.setrange("r", 2, "abc") == 5
    assert client.getrange("r", 2, -1) == "abc"
    assert client.mset({"a": "1", "b": "2"}) is True
    assert client.mget("a", "nosuch", "b") == ["1", None, "2"]
    assert client.msetnx({"b": "3", "c": "3"}) is False


def raw_bytes():
    raw = redis.Redis(port=port)
    value = bytes(range(256)) * 1000
    raw.set(b"\x00\r\n\xff", value)
    assert raw.get(b"\x00\r\n\xff") == value


def counters_and_errors():
    assert client.incr("n") == 1
    assert client.incrby("n", 41) == 42
    assert client.decr("n") == 41
    assert client.incrbyfloat("f", 0.5) == 0.5
    client.set("s", "x")
    try:
        client.incr("s")
        raise AssertionError("no error")
    except redis.ResponseError as error:
        assert str(error) == "value is not an integer or out of range", error


def keys_and_times_to_live():
    client.mset({"k1": "v", "k2": "v", "other": "v"})
    assert client.exists("k1", "k2", "nosuch") == 2
    assert client.type("k1") == "string"
    assert sorted(client.keys("k*")) == ["k1", "k2"]
    assert client.copy("k1", "k3") is True
    assert client.rename("k3", "k4") is True
    assert client.renamenx("k4", "k1") is False
    assert client.move("k4", 1) is True
    assert client.memory_usage("k1") > 0
    assert client.object("encoding", "k1") == "embstr"
    assert client.ttl("k1") == -1
    assert client.expire("k1", 100) is True
    assert client.pttl("k1") > 90000
    later = int(time.time()) + 1000
    assert client.expireat("k1", later) is True
    assert client.execute_command("EXPIRETIME", "k1") == later
    assert client.persist("k1") is True
    assert client.delete("k1", "nosuch") == 1
    assert client.unlink("k2") == 1
    assert client.dbsize() == 1


def scan():
    for i in range(500):
        client.set(f"scan:{i}", "v")
    client.set("other", "v")
    assert set(client.scan_iter(match="scan:*", count=50)) == {f"scan:{i}" for i in range(500)}


def pipelines():
    pipeline = client.pipeline(transaction=False)
    pipeline.set("p", "x").incr("p").get("p")
    done, failed, value = pipeline.execute(raise_on_error=False)
    assert done is True and value == "x"
    assert isinstance(failed, redis.ResponseError)


def the_server():
    assert client.ping() is True
    assert client.info("server")["redis_version"].startswith("7.4.")
    assert client.config_get("databases") == {"databases": "16"}
    assert client.client_setname("tester") is True
    assert client.client_getname() == "tester"
    assert "tester" in [other["name"] for other in client.client_list()]
    assert client.slowlog_len() >= 0
    assert client.command_count() > 50
    assert "get" in client.command()
    elsewhere = redis.Redis(port=port, db=3, decode_responses=True)
    elsewhere.set("where", "three")
    assert client.get("where") is None


def transactions():
    assert client.pipeline().set("t", "1").incr("t").get("t").execute() == [True, 2, "2"]
    try:
        client.pipeline().set("t", "x").incr("t").execute()
        raise AssertionError("no error")
    except redis.ResponseError as error:
        assert "value is not an integer" in str(error), error
    assert client.get("t") == "x"
    with client.pipeline() as pipeline:
        pipeline.watch("t")
        assert pipeline.get("t") == "x"
        client.set("t", "z")
        pipeline.multi()
        pipeline.set("t", "mine")
        try:
            pipeline.execute()
            raise AssertionError("no error")
        except redis.WatchError:
            assert client.get("t") == "z"
    try:
        client.pipeline().set("t", "a").execute_command("NOPE").execute()
        raise AssertionError("no error")
    except redis.ResponseError as error:
        assert "unknown command" in str(error), error
    assert client.get("t") == "z"


for test in (
    strings,
    raw_bytes,
    counters_and_errors,
    keys_and_times_to_live,
    scan,
    pipelines,
    transactions,
    the_server,
):
    client.flushall()
    test()
print("all passed")
