import { addClient, nextName } from "../state/actions.ts";
import { clients } from "../state/state.ts";
import { Card } from "./card.tsx";
import { Speak } from "./speak.tsx";

/** The people who talk to the learner's server, and what they can be made to say. */
export function Clients() {
  const list = clients.value;
  return (
    <section class="clients" aria-labelledby="clients-heading">
      {list.length === 0 ? (
        <div class="nobody">
          <div>
            <h2 id="clients-heading">Nobody is here yet</h2>
            <p class="soft">
              Alice, Bob and Carol are real Socket.IO clients of your server.
              You say what they do.
            </p>
          </div>
          <AddButton />
        </div>
      ) : (
        <>
          <header>
            <h2 id="clients-heading">Clients</h2>
            <AddButton />
          </header>
          <ul class="cards">
            {list.map((client) => (
              <li key={client.name}>
                <Card client={client} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Speak />
    </section>
  );
}

function AddButton() {
  const name = nextName();
  return (
    <button
      type="button"
      class={clients.value.length === 0 ? "" : "quiet small"}
      onClick={() => addClient()}
    >
      Add {name}
    </button>
  );
}
