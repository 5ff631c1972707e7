FORMS = {"/sync/run": {"kind": "full", "forced": "1"}}
