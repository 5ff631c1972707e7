from db.tx import tx
from tests.console.desk import open_desk
from tests.salon import open_salon
async def test_overview(salon_dsn, seeded, tmp_path):
    async with open_salon(salon_dsn, seeded, tmp_path) as salon:
      phone = salon.phone(name="سارة")
      for line in ("Hi", "gel manicure tomorrow at 5pm with anyone at Zahra please", "Sara Test, sara@example.com", "human please"):
          await phone.say(line)
      async with open_desk(salon.pool) as desk:
        await desk.user("ann@example.com")
        async with desk.signed_in("ann@example.com", act_as="nail-salon") as browser:
            (row,) = await salon.rows("SELECT id, customer_id FROM conversations")
            for path in ("/console/profile", "/console/workspaces", "/console/second-factor"):
                answer = await browser.get(path)
                assert answer.status_code == 200, (path, answer.text)
            for path in ("", "conversations", "conversations.csv", "waiting", "customers", f"conversations/{row['id']}", f"conversations/{row['id']}/thread", f"customers/{row['customer_id']}", "overview/part", "conversations?q=sar&status=human&since=2026-01-01"):
                answer = await browser.get("/console/w/nail-salon/"+path)
                assert answer.status_code == 200, (path, answer.text[-300:])
            print(answer.text)
