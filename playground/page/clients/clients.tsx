import { addClient, nextName } from "../state/actions.ts";
import { clients } from "../state/state.ts";
import { Card } from "./card.tsx";
import { Speak } from "./speak.tsx";

/** The people who talk to the learner's server, and what they can be made to say. */
export function Clients() {
  const list = clients.value;
  return (
    <section class="clients" aria-label="Clients">
      {list.length > 0 && (
        <ul class="cards">
          {list.map((client) => (
            <li key={client.name}>
              <Card client={client} />
            </li>
          ))}
          <li class="add">
            <AddButton />
          </li>
        </ul>
      )}
      {list.length === 0 && (
        <div class="nobody">
          <p>
            Nobody is here yet. Alice, Bob and Carol are real Socket.IO clients
            of your server: you say what they do.
          </p>
          <AddButton />
        </div>
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
      class={clients.value.length === 0 ? "" : "quiet"}
      onClick={() => addClient()}
    >
      Add {name}
    </button>
  );
}
